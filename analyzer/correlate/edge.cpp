#include "analyzer/correlate/edge.h"

#include <fmt/format.h>

#include <algorithm>

namespace asyncscope::analyzer {
namespace {

bool equalScore(const Predicate& a, const Predicate& b) {
  constexpr double kRounding = 1e-9;
  return a.score > b.score - kRounding && a.score < b.score + kRounding;
}

}  // namespace

Edge findEdge(const Summary& summary, const std::optional<VerdictPlace>& verdict) {
  Edge edge;
  edge.runs = summary.runs;
  if (summary.runs.failing == 0 || summary.runs.passing == 0) return edge;
  std::vector<Predicate> ranked = rankPredicates(summary, verdict);
  std::erase_if(ranked, [&](const Predicate& predicate) {
    return isSymptom(predicate.kind) || !predicate.favoursFailing(summary.runs);
  });
  if (ranked.empty()) return edge;
  edge.predicate = ranked.front();
  for (std::size_t i = 1; i < ranked.size() && equalScore(ranked[i], *edge.predicate); ++i) {
    edge.tied.push_back(std::move(ranked[i]));
  }
  edge.byViolation = edge.predicate->violated &&
                     (isOfVerdict(*edge.predicate, verdict) ||
                      std::none_of(edge.tied.begin(), edge.tied.end(),
                                   [](const Predicate& other) { return other.violated; }));
  edge.determined = edge.tied.empty() || edge.byViolation;
  if (!edge.tied.empty()) {
    // The plainest rival: where it holds without the first, one of the two is out.
    const auto rival =
        std::max_element(edge.tied.begin(), edge.tied.end(),
                         [](const Predicate& a, const Predicate& b) { return a.kind < b.kind; });
    edge.separatedBy =
        fmt::format("a run with \"{}\" but without \"{}\"", rival->text, edge.predicate->text);
  }
  return edge;
}

std::string failingText(const Edge& edge, const Predicate& predicate) {
  return fmt::format("{}/{}", predicate.with.failing, edge.runs.failing);
}

std::string passingText(const Edge& edge, const Predicate& predicate) {
  return fmt::format("{}/{}", predicate.with.passing, edge.runs.passing);
}

}  // namespace asyncscope::analyzer
