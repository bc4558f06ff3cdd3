// Names for the functions of a module that has none: their numbers, imports not counted.
//
// That is what Binaryen calls them when it reads the module, and what its lists take. Version 108
// writes these names out, so that a function is known again in the result though others before it
// were removed; newer versions write out only names that were there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "instrument/module/module.h"

namespace asyncscope::wasm {

// The module with a name section behind the rest of it. Nothing when it has one.
std::optional<std::vector<std::uint8_t>> withNumbersAsNames(const Module& module);

}  // namespace asyncscope::wasm
