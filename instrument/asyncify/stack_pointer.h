// Finds the global that holds the C stack pointer.
#pragma once

#include "instrument/asyncify/info.h"
#include "instrument/asyncify/scan.h"
#include "instrument/module/module.h"

namespace asyncscope::asyncify {

// A mutable integer global other than state and data that is imported, exported or named
// `__stack_pointer` (the linker's own name); or else, of those whose initial value can be the top
// of a stack or comes from outside, the one that most often moves down as prologues move it (G = G
// - 4 n); or in unoptimised code, where the sum goes through several locals, the one that most
// functions write, two at least. kNoIndex: there is none.
std::uint32_t findStackPointer(const wasm::Module& module, const Globals& globals,
                               const BodyScan& scan);

}  // namespace asyncscope::asyncify
