#include "analyzer/summary/counts.h"

#include <numeric>

namespace asyncscope::analyzer {

Label labelOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::Pass:
      return Label::Passing;
    case Outcome::Fail:
    case Outcome::Trap:
      return Label::Failing;
    case Outcome::Killed:
    case Outcome::Unknown:
      return Label::Other;
  }
  return Label::Other;
}

RunCounts RunCounts::one(Label label) {
  switch (label) {
    case Label::Failing:
      return {1, 0, 0};
    case Label::Passing:
      return {0, 1, 0};
    case Label::Other:
      return {0, 0, 1};
  }
  return {};
}

RunCounts& RunCounts::operator+=(const RunCounts& more) {
  failing += more.failing;
  passing += more.passing;
  other += more.other;
  return *this;
}

std::uint64_t OutcomeCounts::all() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

OutcomeCounts& OutcomeCounts::operator+=(const OutcomeCounts& more) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += more.counts[i];
  return *this;
}

}  // namespace asyncscope::analyzer
