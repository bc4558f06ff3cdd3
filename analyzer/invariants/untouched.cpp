// Invariant 6: between start_unwind and stop_unwind, and between start_rewind and stop_rewind,
// nothing outside the buffer changes.
//
// A frame that is not saved runs on with a made-up result and does whatever its code says; so does
// JavaScript between wasm frames. The runtime compares memory around the unwinds that it samples.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {

namespace {

// Where every frame is saved nothing of the program runs on: what then changes memory is the host
// or a runtime in the module, at work on its own.
bool someFrameRunsOn(const Cycle& cycle) {
  return std::any_of(cycle.frames.begin(), cycle.frames.end(),
                     [](const Frame& frame) { return frame.fate == Frame::Fate::NotSaved; });
}

}  // namespace

void checkUntouched(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    if (!someFrameRunsOn(cycle)) continue;
    for (const MemoryWrite& write : cycle.memoryWrites) {
      const bool unwinding = write.phase == Phase::Unwind;
      Finding finding =
          findingIn(cycle, 6, "memory-written-while-unwinding", write.phase, write.place);
      finding.explanation = fmt::format(
          "{} bytes outside the buffer changed while the stack was {}; the first is at {:#x}.",
          write.bytes, unwinding ? "unwinding" : "rewinding", write.address);
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace asyncscope::analyzer
