// A small module that passes exported functions through: what it imports it exports again, under
// the same type. The runtime gives closures for the imports (exports.mjs) and hands out the
// exports, which are genuine WebAssembly functions.
//
//   (module
//     (type $t (func (param i32) (result i32)))
//     (import "" "run" (func $0 (type $t)))
//     (export "run" (func $0)) (export "alias_of_run" (func $0)))
#pragma once

#include <cstdint>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"

namespace asyncscope::runtime {

// For the exported functions that may suspend, control functions left out. Empty when there are
// none, and for modules that take part in dynamic linking, whose loader compares functions: those
// with a dylink section, an imported table, or imports from GOT.mem or GOT.func. A function whose
// type JavaScript cannot call, or that names types of its module, is left out.
std::vector<std::uint8_t> exportWrappers(const wasm::Module& module,
                                         const asyncify::AsyncifyInfo& info);

}  // namespace asyncscope::runtime
