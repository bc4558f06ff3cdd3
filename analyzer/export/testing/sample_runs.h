// Runs made by hand that the tests of the exports and of the report share: one per way in which a
// report can look.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/testing/trace_builder.h"

namespace asyncscope::exports::testing {

using analyzer::testing::BuiltRun;
using analyzer::testing::TraceBuilder;

// A name that would run as a script, close an element or end a JSON string if it went out raw.
inline constexpr std::string_view kHostileName =
    "</script><img src=x onerror=\"document.title='owned'\">'\\ \xff\xe2\x80\xae&amp;<!--";

struct Sample {
  std::string name;  // of the files written for it
  std::unique_ptr<BuiltRun> run;
  std::vector<std::unique_ptr<BuiltRun>> passing;
};

Sample brokenMachine();  // an unguarded call_indirect in an instrumented function; two passing runs
Sample healthyMachine();   // 400 cycles, all complete, of changing depth
Sample forwardingFrame();  // a plain frame that only forwards: latent
Sample overflow();         // the buffer is too small
Sample twoBuffers();       // coroutines that overlap in time, each in its own buffer
Sample hostileNames();     // kHostileName wherever the program can put a name
Sample neverSuspended();   // no cycle

std::vector<Sample> allSamples();

// `cycles` complete cycles of three frames, built without a trace file: depth, buffer use, C stack
// and time change slowly and jump now and then, as those of a real program do.
analyzer::Run longRun(std::uint32_t cycles, const record::ModuleTable& table);
record::ModuleTable longRunTable();

}  // namespace asyncscope::exports::testing
