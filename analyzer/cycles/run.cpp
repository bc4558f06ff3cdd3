#include "analyzer/cycles/run.h"

#include <algorithm>

namespace asyncscope::analyzer {

std::uint32_t Run::cyclesCompleted() const {
  return static_cast<std::uint32_t>(
      std::count_if(cycles.begin(), cycles.end(), [](const Cycle& c) { return c.completed(); }));
}

const record::ModuleTable* Run::moduleOf(std::uint32_t thread, std::uint32_t instance) const {
  for (const Instance& entry : instances) {
    if (entry.thread == thread && entry.number == instance) return entry.module;
  }
  return nullptr;
}

}  // namespace asyncscope::analyzer
