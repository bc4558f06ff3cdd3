// How a number is spread over runs: for each value how many failing and passing runs had it.
//
// Every run has one value (its deepest stack, its number of cycles). Values up to 64 are kept as
// they are, above that they are rounded down to a sixteenth of their power of two, so that a spread
// has at most some 1000 entries and a threshold is exact to 6 %.
#pragma once

#include <cstdint>
#include <map>

#include "analyzer/summary/counts.h"

namespace asyncscope::analyzer {

struct Spread {
  std::map<std::uint64_t, RunCounts> values;  // by rounded value

  static std::uint64_t rounded(std::uint64_t value);

  void add(std::uint64_t value, Label label) { values[rounded(value)] += RunCounts::one(label); }
  // Runs whose value is at least `threshold`.
  RunCounts atLeast(std::uint64_t threshold) const;
  Spread& operator+=(const Spread& more);
  bool operator==(const Spread&) const = default;
};

}  // namespace asyncscope::analyzer
