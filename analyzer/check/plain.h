// A module that is not asyncified yet: what the pass would refuse, and which functions would have
// to be instrumented.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/check/check.h"
#include "instrument/asyncify/info.h"
#include "instrument/callgraph/targets.h"
#include "instrument/module/module.h"
#include "support/result.h"

namespace asyncscope::check {

struct PlainCheck {
  std::vector<std::string> suspending;  // imports taken to suspend, with their modules
  bool guessed = false;                 // by their names; else they were given
  std::size_t functions = 0;
  // What can be on the stack at a suspend: certainly not left out (possible), and by where the
  // indices of indirect calls lie (likely).
  std::vector<std::uint32_t> possible, likely;
  Refinement refinement;
  std::vector<StaticFinding> findings;  // features that the pass refuses
};

// `imports`: names as ASYNCIFY_IMPORTS has them, * included; empty: guessed.
support::Result<PlainCheck> checkPlain(const wasm::Module& module,
                                       const std::vector<std::string>& names,
                                       const std::vector<std::string>& imports);

}  // namespace asyncscope::check
