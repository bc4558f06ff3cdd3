#include "analyzer/correlate/correlation.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzer/report/painter.h"
#include "support/text.h"

namespace asyncscope::analyzer {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;
constexpr std::size_t kMostTied = 20, kTiedShown = 4;

std::string safe(std::string_view text) { return support::escaped(text); }

Json predicateJson(const Edge& edge, const Predicate& predicate) {
  return Json{{"predicate", predicate.text},
              {"kind", predicateKindName(predicate.kind)},
              {"failing", failingText(edge, predicate)},
              {"passing", passingText(edge, predicate)},
              {"score", predicate.score},
              {"violated", predicate.violated}};
}

std::string countsText(const Edge& edge, const Predicate& predicate) {
  return fmt::format("failing {}, passing {}", failingText(edge, predicate),
                     passingText(edge, predicate));
}

std::string oneSentence(const Edge& edge) {
  if (edge.runs.failing == 0) return "No run failed: there is nothing to explain.";
  if (edge.runs.passing == 0) return "No run passed: there is nothing to compare with.";
  if (!edge.predicate)
    return "Nothing that was recorded tells the failing runs from the passing ones.";
  if (edge.determined) {
    return fmt::format("What tells them apart: {}: {}.", safe(edge.predicate->text),
                       countsText(edge, *edge.predicate));
  }
  return fmt::format("What tells them apart is not determined: {} conditions hold alike, {}.",
                     edge.tied.size() + 1, countsText(edge, *edge.predicate));
}

}  // namespace

Json edgeJson(const Edge& edge) {
  if (!edge.predicate) return nullptr;
  Json tied = Json::array();
  for (const Predicate& predicate : edge.tied) {
    if (tied.size() >= kMostTied) break;
    tied.push_back(predicateJson(edge, predicate));
  }
  Json json = predicateJson(edge, *edge.predicate);
  json["measure"] = "ochiai";
  json["determined"] = edge.determined;
  json["by"] = !edge.determined ? Json(nullptr) : Json(edge.byViolation ? "violation" : "counts");
  json["tied"] = std::move(tied);
  json["tied_count"] = edge.tied.size();
  json["separated_by"] = edge.separatedBy.empty() ? Json(nullptr) : Json(edge.separatedBy);
  return json;
}

std::string edgeText(const Edge& edge) {
  if (!edge.predicate) return "";
  const Predicate& first = *edge.predicate;
  std::string text;
  if (!edge.determined) {
    text += fmt::format("  not determined: {} conditions hold alike; the likeliest first\n",
                        edge.tied.size() + 1);
  }
  text += fmt::format("  {}: {}\n", safe(first.text), countsText(edge, first));
  if (edge.determined && edge.byViolation && !edge.tied.empty()) {
    text += fmt::format(
        "  by the invariant that was violated there; the counts alone fit {} other{} too\n",
        edge.tied.size(), edge.tied.size() == 1 ? "" : "s");
  }
  if (edge.determined) return text;
  const std::size_t shown = std::min(edge.tied.size(), kTiedShown);
  for (std::size_t i = 0; i < shown; ++i) text += fmt::format("  {}\n", safe(edge.tied[i].text));
  if (shown < edge.tied.size()) text += fmt::format("  … {} more\n", edge.tied.size() - shown);
  return text + fmt::format("  {} would separate them\n", safe(edge.separatedBy));
}

std::string correlationText(const Summary& summary, CorrelationTextOptions options) {
  const Painter paint(options.colour);
  const Edge edge = findEdge(summary, std::nullopt);
  std::string text = paint.bold(oneSentence(edge)) + "\n";
  text += fmt::format("\n{} failing, {} passing, {} other runs (killed, or cut)\n",
                      summary.runs.failing, summary.runs.passing, summary.runs.other);
  if (edge.predicate && !edge.tied.empty()) text += "\n" + edgeText(edge);
  const std::vector<Predicate> ranked = rankPredicates(summary, std::nullopt);
  if (ranked.empty() || summary.runs.passing == 0) return text;
  text += "\n" + paint.bold("Conditions by Ochiai's measure") + "\n";
  text += fmt::format("  {:>6}  {:>11}  {:>11}\n", "score", "failing", "passing");
  const std::size_t shown = std::min(options.rows, ranked.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Predicate& predicate = ranked[i];
    text += fmt::format("  {:>6.3f}  {:>11}  {:>11}  {}{}\n", predicate.score,
                        failingText(edge, predicate), passingText(edge, predicate),
                        safe(predicate.text),
                        predicate.violated          ? " (an invariant was violated there)"
                        : isSymptom(predicate.kind) ? " (follows from the failure)"
                                                    : "");
  }
  if (shown < ranked.size()) {
    text += fmt::format("  … {} more; --top N shows them\n", ranked.size() - shown);
  }
  return text;
}

std::string correlationJson(const Summary& summary) {
  const Edge edge = findEdge(summary, std::nullopt);
  Json predicates = Json::array();
  for (const Predicate& predicate : rankPredicates(summary, std::nullopt)) {
    Json json = predicateJson(edge, predicate);
    json["symptom"] = isSymptom(predicate.kind);
    json["module"] = fmt::format("{:016x}", predicate.module);
    json["function"] = predicate.function ? Json(*predicate.function) : Json(nullptr);
    json["site"] = predicate.site ? Json(*predicate.site) : Json(nullptr);
    predicates.push_back(std::move(json));
  }
  const Json json{{"schema", kSchema},
                  {"sentence", oneSentence(edge)},
                  {"runs",
                   {{"failing", summary.runs.failing},
                    {"passing", summary.runs.passing},
                    {"other", summary.runs.other}}},
                  {"measure", "ochiai"},
                  {"edge", edgeJson(edge)},
                  {"predicates", std::move(predicates)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace asyncscope::analyzer
