// The pages of docs/findings as they are, made at build time by embed.cmake: the command explains
// them away from the source tree.
#pragma once

#include <string_view>
#include <vector>

namespace asyncscope::explain {

const std::vector<std::string_view>& pageTexts();

}  // namespace asyncscope::explain
