// The imports that the runtime watches: those that Asyncify treats as able to suspend.
//
//   count u32, { function index u32, parameters u32, result u32, module, name }
//
// result: 0 none, 1 a number of 32 bits or a float, 2 an i64, 3 a reference or several. A text is
// its length (u32) and its bytes. All numbers are little-endian.
#pragma once

#include <cstdint>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"

namespace asyncscope::runtime {

// In ascending order of their function indices. What may not be UTF-8 is passed on as it is: the
// runtime leaves out a name that it cannot decode.
std::vector<std::uint8_t> suspendingImports(const wasm::Module& module,
                                            const asyncify::AsyncifyInfo& info);

}  // namespace asyncscope::runtime
