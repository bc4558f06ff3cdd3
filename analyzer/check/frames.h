// How much of the buffer the frames of a module can take: the record of each function, the deepest
// way that is known, and where recursion has no bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/check/suspend_graph.h"
#include "instrument/asyncify/info.h"
#include "instrument/callgraph/targets.h"
#include "instrument/module/module.h"

namespace asyncscope::check {

struct FrameSize {
  std::uint32_t function = wasm::kNoIndex;
  std::uint32_t bytes = 0;  // of its record: saved locals and call index
};

struct FrameSizes {
  std::vector<FrameSize> largest;  // all of known size, largest first
  std::size_t unknown = 0;         // instrumented functions whose record was not recognised
  // The way with the most bytes on which no recursion goes round, innermost first. Of functions
  // that call each other in a circle it has the largest alone, so the true depth may be more.
  std::vector<FrameSize> deepest;
  std::uint64_t deepestBytes = 0;
  // Functions that can call each other, or themselves, on the way to a suspend: the largest circles
  // first. Each needs a bound of its own for the buffer to suffice.
  std::vector<std::vector<std::uint32_t>> recursions;
};

// Over direct calls and likely indirect ones. Linear in those.
FrameSizes measureFrames(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                         const callgraph::Targets& targets, const SuspendGraph& graph);

}  // namespace asyncscope::check
