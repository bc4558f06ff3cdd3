#include "analyzer/summary/spread.h"

#include <bit>

namespace asyncscope::analyzer {

std::uint64_t Spread::rounded(std::uint64_t value) {
  constexpr std::uint64_t kExact = 64;
  constexpr int kKeptBits = 5;  // the leading one and four below it: sixteenths
  if (value <= kExact) return value;
  const int dropped = std::bit_width(value) - kKeptBits;
  return value >> dropped << dropped;
}

RunCounts Spread::atLeast(std::uint64_t threshold) const {
  RunCounts counts;
  for (auto at = values.lower_bound(threshold); at != values.end(); ++at) counts += at->second;
  return counts;
}

Spread& Spread::operator+=(const Spread& more) {
  for (const auto& [value, counts] : more.values) values[value] += counts;
  return *this;
}

}  // namespace asyncscope::analyzer
