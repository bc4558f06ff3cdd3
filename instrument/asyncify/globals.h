// Finds the two globals that Asyncify adds to a module, which are the key to all the rest.
//
// They are told by what the code does with them, first in the prologue of an instrumented function:
//
//   global.get $state  i32.const 2  i32.eq  if            ;; entered while rewinding:
//     global.get $data                                    ;;   [data] -= size of what was saved
//     global.get $data  i32.load  i32.const N  i32.sub  i32.store
//
// and where a module has none such, in the control functions:
//
//   i32.const 1|2  global.set $state  local.get 0  global.set $data  «position > end: unreachable»
//   i32.const 0    global.set $state                                 «position > end: unreachable»
#pragma once

#include <optional>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"

namespace asyncscope::asyncify {

// Reads only the first instructions of each body, and whole bodies where they are as short as
// control functions are. Undecodable bodies are passed over; the full scan reports them.
// `fromControls` of the result tells that the control functions vouch for it, all three kinds.
struct FoundGlobals {
  Globals globals;
  bool fromControls = false;
};
std::optional<FoundGlobals> findGlobals(const wasm::Module& module);

}  // namespace asyncscope::asyncify
