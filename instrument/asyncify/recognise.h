// Recognises Asyncify in a finished module, by structure and never by name.
//
// It reads what wasm-opt --asyncify of Binaryen 97 to 132 writes, at every level of optimisation
// before and after, stripped, with inlined or merged control functions, with imported globals, with
// 64-bit pointers, with the buffer in any memory.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"
#include "support/result.h"

namespace asyncscope::asyncify {

// nullopt: the module is not asyncified. An error only for a body that cannot be decoded.
// One decoding pass; memory linear in the number of functions and calls.
support::Result<std::optional<AsyncifyInfo>> recognise(const wasm::Module& module);

// What a module that is not asyncified would be if the pass had been told that these imports
// suspend, and had instrumented nothing: all calls that may suspend are there, and none is guarded.
support::Result<AsyncifyInfo> imagine(const wasm::Module& module,
                                      const std::vector<std::uint32_t>& suspendingImports);

}  // namespace asyncscope::asyncify
