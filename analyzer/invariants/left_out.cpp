#include "analyzer/invariants/left_out.h"

namespace asyncscope::analyzer {

std::string leftOutText(bool mayBeDirectSince) {
  std::string text = "a list (ASYNCIFY_ONLY or ASYNCIFY_REMOVE) left it out";
  if (mayBeDirectSince) {
    text +=
        ", or the call went through the table when Asyncify ran, with indirect calls ignored, and "
        "was made direct afterwards";
  }
  return text;
}

}  // namespace asyncscope::analyzer
