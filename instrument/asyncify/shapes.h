// For tests: a module in the shape that Asyncify writes, by hand, where no installed tool makes it.
//
// The program: run(n) adds 1 to n, calls $suspend, returns ten times the sum.
#pragma once

#include <string>

namespace asyncscope::asyncify::testing {

struct Shape {
  bool importedGlobals = false;  // env.__asyncify_state and env.__asyncify_data
  bool pointer64 = false;        // of the memory that holds the buffer
  bool secondMemory = false;     // which is then the second one; the first has 32 bits
  bool mergedStops = false;
  bool controls = true;  // control functions are there, exported as a, b, c, d
  // $suspend is a function of the module that starts the unwind and ends the rewind, and run(n) is
  // called by an outermost one, exported as drive(n), that does the rest; main() returns drive(3).
  // Without `controls` the control calls are inlined there.
  bool controlsInside = false;

  std::string text() const;
};

}  // namespace asyncscope::asyncify::testing
