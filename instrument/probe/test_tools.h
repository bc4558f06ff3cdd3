// For tests: runs asyncified modules in Node, with a host that suspends and a listener that
// records.
#pragma once

#include <string>
#include <vector>

#include "instrument/asyncify/test_tools.h"
#include "instrument/probe/probe.h"

namespace asyncscope::probe::testing {

using wasm::testing::Bytes;

struct NodeRun {
  std::string outcome;  // "result 40 log 1,2", or "trap unreachable"
  std::vector<std::string>
      events;  // "UnwindSaved run@0 80 65536": kind function@detail position sp
};

// Instantiates the module and calls an export with one number. The imports env.sleep suspend
// (unless the state shows a rewind, which they end), every time; the buffer is the 4000 bytes at
// 96, in the exported memory "memory". Control functions are the exports asyncify_*, or a, b, c, d.
// Whatever globals it imports it gets. An event's function has the name that the name section gives
// it.
NodeRun runInNode(const Bytes& module, const std::string& exportName, int argument);

// A script that is run instead of the call. It sees `e`, the exports; `say(text)`, which appends to
// the outcome; `drive(name, argument)`, the call; and `host`, the four control calls, to be
// replaced.
NodeRun runScriptInNode(const Bytes& module, const std::string& script);

// Reads, recognises and probes; fails the test when any of it fails.
Probed probeOrFail(const Bytes& module, const Options& options = {});

// The module passes wasm-validate and Node's engine.
void expectValid(const Bytes& module);

}  // namespace asyncscope::probe::testing
