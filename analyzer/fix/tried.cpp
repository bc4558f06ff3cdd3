#include "analyzer/fix/tried.h"

#include <algorithm>
#include <numeric>

namespace asyncscope::analyzer {

bool Tried::passed() const {
  return buildError.empty() && !runs.empty() &&
         std::all_of(runs.begin(), runs.end(), [](const TriedRun& run) { return run.passed; });
}

std::uint64_t Tried::completed() const {
  return std::accumulate(
      runs.begin(), runs.end(), std::uint64_t{0},
      [](std::uint64_t sum, const TriedRun& run) { return sum + run.completed; });
}

}  // namespace asyncscope::analyzer
