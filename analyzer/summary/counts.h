// How many runs, by what they are taken for, and how many ended in which way.
//
// A label is what a correlation tells apart. It comes from the outcome, or from the person who
// gives the runs: a program that ends with exit code 0 and a wrong result has failed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/cycles/run.h"

namespace asyncscope::analyzer {

// Other: killed or cut, so that it is not known what would have become of it.
enum class Label { Failing, Passing, Other };

Label labelOf(Outcome outcome);

struct RunCounts {
  std::uint64_t failing = 0, passing = 0, other = 0;

  static RunCounts one(Label label);
  std::uint64_t all() const { return failing + passing + other; }
  RunCounts& operator+=(const RunCounts& more);
  bool operator==(const RunCounts&) const = default;
};

inline constexpr std::array kOutcomes = {Outcome::Pass, Outcome::Fail, Outcome::Trap,
                                         Outcome::Killed, Outcome::Unknown};

struct OutcomeCounts {
  std::array<std::uint64_t, kOutcomes.size()> counts{};

  std::uint64_t& of(Outcome outcome) { return counts[static_cast<std::size_t>(outcome)]; }
  std::uint64_t of(Outcome outcome) const { return counts[static_cast<std::size_t>(outcome)]; }
  std::uint64_t all() const;
  OutcomeCounts& operator+=(const OutcomeCounts& more);
  bool operator==(const OutcomeCounts&) const = default;
};

}  // namespace asyncscope::analyzer
