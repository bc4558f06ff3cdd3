// What can tell failing runs from passing ones: conditions that hold in a run or do not, with the
// number of failing and of passing runs in which each holds.
//
// They are ranked by Ochiai: with n the failing runs, f those of them in which a condition holds
// and p the passing runs in which it holds,
//
//   score = f / sqrt(n * (f + p))
//
// 1 where it holds in all failing runs and in no passing one, 0 where it holds in no failing one.
// Introduced for fault localisation by R. Abreu, P. Zoeteweij, A.J.C. van Gemund, "An Evaluation of
// Similarity Coefficients for Software Fault Localization" (PRDC 2006), where it beat Tarantula and
// Jaccard; the same, "On the Accuracy of Spectrum-based Fault Localization" (TAIC PART 2007). It
// suits us for what it leaves out: passing runs in which the condition does not hold. A thousand
// runs that never suspended prove nothing, and here they change nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/summary/summary.h"

namespace asyncscope::analyzer {

// From the most to the least causal: which to name where several separate the runs equally well.
enum class PredicateKind {
  UnguardedSite,
  StackSkew,
  BufferShare,
  Site,
  Function,
  JavaScript,
  AnyUnguardedSite,
  Line,
  BufferUse,
  Depth,
  Cycles,
  Suspends,
  Module,
  // What follows from a failure; no condition of it.
  CutUnwind,
  NeverResumed,
  CutRewind,
};

const char* predicateKindName(PredicateKind kind);
bool isSymptom(PredicateKind kind);

struct Predicate {
  PredicateKind kind{};
  std::string text;          // "a suspend with …"
  std::uint64_t module = 0;  // hash
  std::optional<std::uint32_t> function, site;
  // An invariant was violated there, with harm, in each failing run in which the condition holds:
  // then more than counts speaks for it.
  bool violated = false;
  RunCounts with;    // runs in which it holds
  double score = 0;  // Ochiai

  // Whether the share of failing runs with it is larger than that of passing runs.
  bool favoursFailing(const RunCounts& runs) const;
};

double ochiai(std::uint64_t failingWith, std::uint64_t failing, std::uint64_t passingWith);

// The place of the verdict, where there is one.
struct VerdictPlace {
  std::uint64_t module = 0;
  std::uint32_t function = 0;
  std::optional<std::uint32_t> site;
};

bool isOfVerdict(const Predicate& predicate, const std::optional<VerdictPlace>& verdict);

// All that hold in a failing run, best first. Equal scores are ordered by what the verdict says, by
// violations, by kind.
std::vector<Predicate> rankPredicates(const Summary& summary,
                                      const std::optional<VerdictPlace>& verdict);

}  // namespace asyncscope::analyzer
