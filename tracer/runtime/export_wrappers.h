// A small module that stands between the program and the exports of a traced module. What it
// exports are genuine WebAssembly functions of the same types; the runtime (exports.mjs) gives it
// the closures that see a call enter and leave ("outer"; "other" where they cannot suspend) and the
// exported functions themselves
// ("inner"), and opens and closes it.
//
//   (module
//     (type $t (func (param i32) (result i32)))
//     (import "outer" "run" (func $outer (type $t)))
//     (import "inner" "run" (func $inner (type $t)))
//     (global $open (mut i32) (i32.const 0))
//     (global $watched (mut i32) (i32.const 4096))           ;; one for each function
//     (func $set (param i32) (global.set $open (local.get 0)))
//     (func $run (type $t)
//       (if (global.get $open) (then
//         (if (i32.eqz (global.get $watched)) (then (return_call $inner (local.get 0))))
//         (global.set $watched (i32.sub (global.get $watched) (i32.const 1)))))
//       (return_call $outer (local.get 0)))
//     (export "asyncscope.open" (func $set))
//     (export "run" (func $run)) (export "alias_of_run" (func $run)))
//
// It is open while nothing can be seen at an export but errors: inside another export, in the
// normal state. `invoke_*` calls `dynCall_*` there for every call that may raise, and a closure
// costs 10 ns, the way past it 1 ns. So the first 4096 such calls of a function take the closure,
// the others go straight on. Tail calls leave no frame: the engine's stacks are those of the
// untouched module.
#pragma once

#include <cstdint>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"

namespace asyncscope::runtime {

// For the exported functions that may suspend, and those others that call something or touch
// memory; control functions and imports left out. Empty when there are none, and for modules that
// take part in dynamic linking, whose loader compares functions: those with a dylink section, an
// imported table, or imports from GOT.mem or GOT.func. A function whose type JavaScript cannot
// call, or that names types of its module, is left out.
//
// Without `tailCalls` (an engine that knows none) the closures are exported as they are imported,
// and every call takes them.
std::vector<std::uint8_t> exportWrappers(const wasm::Module& module,
                                         const asyncify::AsyncifyInfo& info, bool tailCalls);

}  // namespace asyncscope::runtime
