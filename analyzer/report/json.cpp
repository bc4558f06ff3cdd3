#include "analyzer/report/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "analyzer/correlate/correlation.h"
#include "analyzer/report/sentence.h"

namespace asyncscope::analyzer {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json textOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json functionJson(const std::optional<FunctionRef>& function) {
  if (!function) return nullptr;
  return Json{{"index", function->index},
              {"name", textOrNull(function->name)},
              {"file", orNull(function->file)},
              {"line", orNull(function->line)}};
}

Json siteJson(const std::optional<SiteRef>& site) {
  if (!site) return nullptr;
  return Json{{"offset", site->offset}, {"kind", siteKindName(site->kind)}};
}

Json adviceJson(const Advice& advice) {
  return Json{{"flags", advice.flags},
              {"wasm_opt", advice.wasmOpt},
              {"functions", advice.functions},
              {"text", textOrNull(advice.text)},
              {"verified", orNull(advice.verified)}};
}

Json findingJson(const Finding& finding) {
  return Json{{"code", finding.code},
              {"invariant", finding.invariant},
              {"phase", phaseName(finding.phase)},
              {"cycle", finding.cycle},
              {"cycles_affected", finding.cyclesAffected},
              {"event", finding.place.event},
              {"thread", finding.place.thread},
              {"function", functionJson(finding.function)},
              {"site", siteJson(finding.site)},
              {"certainty", certaintyName(finding.certainty)},
              {"harm", harmName(finding.harm)},
              {"explanation", finding.explanation},
              {"symptom", textOrNull(finding.symptom)},
              {"page", fmt::format("docs/findings/{}.md", finding.code)},
              {"advice", adviceJson(finding.advice)}};
}

Json runJson(const RunSummary& run) {
  return Json{{"file", run.file},
              {"outcome", outcomeName(run.outcome)},
              {"outcome_text", textOrNull(run.outcomeText)},
              {"cycles", run.cycles},
              {"cycles_completed", run.cyclesCompleted},
              {"vacuous", run.vacuous},
              {"deepest_frames", run.deepestFrames},
              {"buffer_high_water", run.bufferHighWater},
              {"buffer_size", run.bufferSize}};
}

Json fleetJson(const FleetSummary& fleet) {
  return Json{{"file", fleet.file},
              {"failing", fleet.runs.failing},
              {"passing", fleet.runs.passing},
              {"other", fleet.runs.other},
              {"vacuous", fleet.vacuous},
              {"cycles", fleet.cycles},
              {"cycles_completed", fleet.cyclesCompleted}};
}

}  // namespace

std::string jsonReport(const Run& run, const Diagnosis& diagnosis) {
  Json findings = Json::array();
  for (const Finding& finding : diagnosis.findings) findings.push_back(findingJson(finding));
  Json runs = Json::array();
  for (const RunSummary& summary : diagnosis.runs) runs.push_back(runJson(summary));
  Json fleets = Json::array();
  for (const FleetSummary& fleet : diagnosis.fleets) fleets.push_back(fleetJson(fleet));
  const Json json{{"schema", kDiagnosisSchema},
                  {"sentence", verdictSentence(run, diagnosis)},
                  {"verdict", diagnosis.verdict ? findingJson(*diagnosis.verdict) : Json(nullptr)},
                  {"findings", findings},
                  {"runs", runs},
                  {"summaries", fleets},
                  {"edge", edgeJson(diagnosis.edge)},
                  {"events",
                   {{"written", run.events.written},
                    {"explained", run.events.explained},
                    {"unexplained", run.events.unexplained},
                    {"lost", run.events.lost}}},
                  {"notes", run.notes}};
  // Names come from the program and may be no UTF-8: such bytes are replaced, not refused.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace asyncscope::analyzer
