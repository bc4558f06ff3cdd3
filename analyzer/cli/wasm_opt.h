// Runs the user's wasm-opt, to know what the Asyncify pass makes of a module.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/result.h"

namespace asyncscope::cli {

struct PassRun {
  std::string wasmOpt = "wasm-opt";
  std::string input;
  std::vector<std::string> imports;  // with their modules
  bool ignoreIndirect = false;
  std::vector<std::string> only;  // empty: no list
};

// The size in bytes of what `wasm-opt -O1 --asyncify` writes. An error says what wasm-opt said.
support::Result<std::uint64_t> sizeAfterPass(const PassRun& run);

// The arguments that let a wasm-opt (a shell command) read every module, and write none that no
// engine reads as yet. `folder` takes what it prints. Where it can't be run: --all-features.
std::string engineFeatures(const std::string& wasmOpt, const std::string& folder);

}  // namespace asyncscope::cli
