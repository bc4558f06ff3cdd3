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

}  // namespace asyncscope::cli
