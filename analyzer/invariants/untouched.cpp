// Invariant 6: between start_unwind and stop_unwind, and between start_rewind and stop_rewind,
// nothing outside the buffer changes.
//
// A frame that is not saved runs on with a made-up result and does whatever its code says; so does
// JavaScript between wasm frames. The runtime compares memory around the unwinds that it samples.
#include <fmt/format.h>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {

void checkUntouched(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
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
