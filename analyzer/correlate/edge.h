// The edge: the condition that the failing runs have and the passing ones have not, with counts.
//
// It is the best predicate that favours failing runs and is no symptom. Where others have the same
// score, the counts do not tell which of them it is. Then it is `determined` only where an
// invariant was violated at the first of them; else it is one of several candidates, and
// `separatedBy` says which run would tell them apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/correlate/predicates.h"

namespace asyncscope::analyzer {

struct Edge {
  std::optional<Predicate> predicate;  // nothing: nothing tells the runs apart
  RunCounts runs;                      // of all of them
  bool determined = false;
  bool byViolation = false;  // what determines it: the counts alone, or the violation found there
  std::vector<Predicate> tied;  // others with the same score, the likeliest first
  std::string separatedBy;      // empty: nothing is tied
};

Edge findEdge(const Summary& summary, const std::optional<VerdictPlace>& verdict);

// "1/1": of the failing runs; the same for the passing ones.
std::string failingText(const Edge& edge, const Predicate& predicate);
std::string passingText(const Edge& edge, const Predicate& predicate);

}  // namespace asyncscope::analyzer
