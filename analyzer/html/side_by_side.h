// Unwind and rewind of one cycle, frame beside frame, and the first place where they differ.
//
// A row is a frame of the suspended stack, innermost first, so the unwind reads downward and the
// rewind upward. What a half did at a frame stands in that frame's row; a step that belongs to no
// frame has a row of its own. "First" is meant in time: the unwind comes before the rewind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/cycles/run.h"

namespace asyncscope::html {

struct Row {
  std::optional<std::size_t> frame;         // in cycle.frames; none: a step of no frame
  const analyzer::Step* extra = nullptr;    // of the unwind, where there is no frame
  const analyzer::Step* entered = nullptr;  // of the rewind; null: it was not entered
};

struct Difference {
  std::size_t row = 0;
  bool inRewind = false;
  std::string text;  // what is different, without its end mark
};

struct SideBySide {
  std::vector<Row> rows;
  std::optional<Difference> first;  // none: the rewind mirrors the unwind, as far as both went
};

// Points into the cycle, which must outlive it.
SideBySide compareHalves(const analyzer::Run& run, const analyzer::Cycle& cycle);

}  // namespace asyncscope::html
