// Engines word one and the same trap differently. The pages know V8's words; this puts them in the
// place of the others'.
#pragma once

#include <string>
#include <string_view>

namespace asyncscope::explain {

// The text in lower case, blanks folded, with V8's wording of every trap. Lines stay lines.
std::string normalised(std::string_view text);

}  // namespace asyncscope::explain
