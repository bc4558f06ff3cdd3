// The functions that probes call, appended to the module.
//
//   (global $before (mut i32))                    ;; the state before a control point
//   (table $slots 2 2 funcref) (elem (table $slots) (i32.const 0) $nothing $nothing)
//   (type $writer (func (param $kind $function $detail i32) (param $position $sp i64)))
//   (func $nothing (type $writer))
//   (func $position (result i64) «[data], or -1 when data points outside the memory»)
//   (func $emit (param $kind $function $detail i32)
//     «call slot 0 with these, $position and the C stack pointer»)
//   (func $entered (param $function) (if (S == 2) ($emit RewindEntered $function 0)))
//   (func $saved   (param $function) (if (S == 1) ($emit UnwindSaved $function 0)))
//   (func $left    (param $function) (if (S == 1) ($emit UnwindLeft $function 0)))
//   (func $passed  (param $function $site)
//     (if (S == 1) ($emit UnwindPassed $function $site))
//     (if (S == 2) ($emit RewindPassed $function $site)))
//   (func $control (param $function)
//     «kind: by the state now and, where it is normal now, by $before; call slot 1»)
#pragma once

#include <cstdint>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"
#include "instrument/module/patcher.h"

namespace asyncscope::probe {

// Indices in the probed module.
struct Helpers {
  std::uint32_t table = 0;
  std::uint32_t before = 0;                                                 // global
  std::uint32_t entered = 0, saved = 0, left = 0, passed = 0, control = 0;  // the last added
};

// Appends them all, and the exports. The memory of info.globals must exist.
Helpers appendHelpers(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                      wasm::Patcher& patcher);

}  // namespace asyncscope::probe
