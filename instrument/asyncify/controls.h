// Control functions, and the runtime: the functions that call them.
//
// A control function does nothing but write the state (and the data global) and test the bounds; a
// write of the state anywhere else is a control call that was inlined. Asyncify does not instrument
// a function that calls control functions, innermost (start_unwind, stop_rewind) or outermost
// (stop_unwind, start_rewind): such a function is runtime and rightly saves nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/asyncify/scan.h"
#include "instrument/module/module.h"

namespace asyncscope::asyncify {

struct ControlFacts {
  // What a function does to the state, itself or by calling a control function; bits.
  enum : std::uint8_t { kStartsUnwind = 1, kStartsRewind = 2, kStops = 4, kControlFunction = 8 };

  std::vector<Control> controls;
  std::vector<std::uint8_t> flags;  // by function index

  bool isControlFunction(std::uint32_t function) const {
    return (flags[function] & kControlFunction) != 0;
  }
  bool isRuntime(std::uint32_t function) const {
    return flags[function] != 0 && !isControlFunction(function);
  }
};

ControlFacts findControls(const wasm::Module& module, const Globals& globals, const BodyScan& scan);

}  // namespace asyncscope::asyncify
