// A small program for tests, and runs of it: inner (func 1) and outer (3) are guarded, plain (2)
// between them is not, spare (4) and the second call of inner are never on a stack.
#pragma once

#include <cstdint>

#include "analyzer/testing/trace_builder.h"

namespace asyncscope::analyzer::testing {

void addSmallProgram(TraceBuilder& builder);

struct SmallCycle {
  bool completed = true;
  bool throughPlain = true;   // else outer calls inner itself
  bool throughScript = true;  // `invoke_v` between plain and outer
  std::uint32_t line = 7;     // where the interpreted program stands, in `work` of a.py
};

void addCycle(TraceBuilder& builder, const SmallCycle& cycle = {});

}  // namespace asyncscope::analyzer::testing
