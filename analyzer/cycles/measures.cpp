#include "analyzer/cycles/measures.h"

#include <algorithm>

namespace asyncscope::analyzer {

std::uint32_t depthOf(const Cycle& cycle) {
  return static_cast<std::uint32_t>(
      std::count_if(cycle.frames.begin(), cycle.frames.end(),
                    [](const Frame& frame) { return frame.fate != Frame::Fate::JavaScript; }));
}

std::uint64_t bufferUseOf(const Cycle& cycle) {
  std::uint64_t highest = cycle.startUnwind.position;
  for (const Step& step : cycle.unwind) highest = std::max(highest, step.position);
  return highest - cycle.startUnwind.position;
}

}  // namespace asyncscope::analyzer
