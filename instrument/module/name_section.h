// Appends the names of added functions to the name section: only where the functions of the module
// have names already, as tools that name the nameless themselves (Binaryen: by number) would
// otherwise clash with names that are there.
//
//   content = | subsection | … |     subsection 1 = | 1 | size | count | index, name | … |
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "instrument/module/module.h"

namespace asyncscope::wasm {

using FunctionName = std::pair<std::uint32_t, std::string>;

// The new content of the section. The names must be of added functions, in ascending order. Nothing
// when the section has no function names or is malformed: it is then to stay as it is.
std::optional<std::vector<std::uint8_t>> appendFunctionNames(
    const Module& module, const Section& section, const std::vector<FunctionName>& names);

}  // namespace asyncscope::wasm
