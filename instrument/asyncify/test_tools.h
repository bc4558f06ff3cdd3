// For tests: asyncified modules, and what Asyncify itself says that it did to them.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"
#include "instrument/module/test_tools.h"

namespace asyncscope::asyncify::testing {

using wasm::testing::Bytes;

// The wasm-opt of the system, and the one that npm installs below the build root; "" when there is
// none, which fails the test that asks.
std::string systemBinaryen();
std::string npmBinaryen();
// A file of an npm package below the build root; fails the test when it is not there.
Bytes npmFile(const std::string& path);

// The decisions that `asyncify-verbose` prints.
struct Decisions {
  std::set<std::string, std::less<>> canChangeState;  // functions and imports, by internal name
  std::set<std::string, std::less<>> listed;          // in the add-list or only-list
};

struct Asyncified {
  Bytes bytes;
  Decisions decisions;
};

// Runs wasm-opt with these options on a module; names are kept. The Asyncify pass must be among the
// options. Fails the test when wasm-opt fails.
Asyncified runAsyncify(const std::string& wasmOpt, const Bytes& module, const std::string& options);

// A program that suspends through direct and indirect calls, with locals of every number type,
// loops, recursion, and functions that cannot suspend. Import env.sleep; exports run(i32) -> i32,
// memory.
Bytes sampleProgram();

// Compares what the recogniser found with what Asyncify decided: the instrumented functions, and
// for each call in them whether it is guarded. Only for modules in which nothing was inlined
// afterwards. Functions that Asyncify would not instrument as they call its control functions are
// in `runtime`.
void expectAgreement(const Bytes& module, const Decisions& decisions, bool indirectIgnored,
                     const std::set<std::string>& runtime = {});

// Recognises; fails the test when the module cannot be read or is not recognised.
struct Recognised {
  wasm::Module module;
  AsyncifyInfo info;
};
Recognised recogniseOrFail(const Bytes& module);

}  // namespace asyncscope::asyncify::testing
