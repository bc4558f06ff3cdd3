// What a host needs that forces suspends on a module: a way to set the state that does not depend
// on which control functions the module exports, and sight of what must not change.
//
//   (func $drive (export "asyncscope.drive") (param $state i32) (param $data $dataAfter i32|i64)
//     before = S   S = $state   D = $data   control(«index of $drive»)   D = $dataAfter)
//   (export "asyncscope.global.N" …)   every mutable global of a number type but state and data
//   (export "asyncscope.table.N" …)    every table of the module
//
// $drive is a control point like those of the module: the listener is told, and the function that
// it names, an appended one, says that the suspend was forced. `D` is $data while the listener
// runs.
#pragma once

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"
#include "instrument/module/patcher.h"
#include "instrument/probe/helpers.h"

namespace asyncscope::probe {

void appendDrive(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                 const Helpers& helpers, wasm::Patcher& patcher);

}  // namespace asyncscope::probe
