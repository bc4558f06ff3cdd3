#include "analyzer/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace asyncscope::cli {

void progress(const std::string& text) {
  constexpr std::size_t kColumns = 78;
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r\x1b[K{}", text.substr(0, kColumns));
  std::fflush(stderr);
}

}  // namespace asyncscope::cli
