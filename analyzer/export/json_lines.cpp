// JSON Lines: one object a line, each with a "type". First the run, then its cycles in order, then
// the findings, last the counts. Meant for jq, a data frame, or a script of one's own.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "analyzer/cycles/measures.h"
#include "analyzer/export/clock.h"
#include "analyzer/export/exporter.h"
#include "analyzer/export/json_text.h"
#include "analyzer/invariants/invariants.h"
#include "analyzer/report/sentence.h"

namespace asyncscope::exports {
namespace {

using analyzer::Control;
using analyzer::Cycle;
using analyzer::Finding;
using analyzer::Frame;
using analyzer::Mark;
using analyzer::Run;
using analyzer::Step;
using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

Json functionJson(const Run& run, std::uint32_t thread, std::uint32_t instance,
                  std::uint32_t function) {
  const analyzer::FunctionRef ref = analyzer::functionRef(run, thread, instance, function);
  return Json{{"index", ref.index}, {"name", ref.name.empty() ? Json(nullptr) : Json(ref.name)}};
}

Json frameJson(const Run& run, const Cycle& cycle, const Frame& frame) {
  Json json{{"record", fateName(frame.fate)}};
  if (frame.fate == Frame::Fate::JavaScript) {
    json["text"] = frame.text;
    return json;
  }
  json["function"] = functionJson(run, cycle.thread, frame.instance, frame.function);
  json["site"] = frame.site ? Json(*frame.site) : Json(nullptr);
  if (frame.fate == Frame::Fate::Saved) json["bytes"] = frame.recordEnd - frame.recordBegin;
  json["sp"] = frame.sp == 0 ? Json(nullptr) : Json(frame.sp);
  return json;
}

Json stepsJson(const support::SharedList<Step>& steps) {
  Json list = Json::array();
  for (const Step& step : steps) {
    Json json{{"what", stepName(step.kind)},
              {"function", step.function},
              {"position", step.position},
              {"sp", step.sp}};
    if (step.kind == Step::Kind::Passed) json["site"] = step.site;
    list.push_back(std::move(json));
  }
  return list;
}

Json markJson(const std::optional<Mark>& mark) {
  if (!mark) return nullptr;
  return Json{{"code", mark->code},
              {"file", mark->file},
              {"depth", mark->depth},
              {"offset", mark->offset},
              {"line", mark->line}};
}

Json cycleJson(const Run& run, const Clock& clock, const Cycle& cycle) {
  const CycleSpan span = clock.span(cycle);
  Json frames = Json::array();
  for (const Frame& frame : cycle.frames) frames.push_back(frameJson(run, cycle, frame));
  const auto spOf = [](const std::optional<Control>& control) {
    return control ? Json(control->sp) : Json(nullptr);
  };
  return Json{{"type", "cycle"},
              {"cycle", cycle.number},
              {"thread", cycle.thread},
              {"instance", cycle.instance},
              {"completed", cycle.completed()},
              {"time", clock.ticks(cycle.thread) ? Json{{"unwind", span.begin},
                                                        {"suspended", span.unwound},
                                                        {"rewind", span.resumed},
                                                        {"end", span.end}}
                                                 : Json(nullptr)},
              {"depth", analyzer::depthOf(cycle)},
              {"buffer",
               {{"data", cycle.bufferKnown ? Json(cycle.dataPointer) : Json(nullptr)},
                {"start", cycle.startUnwind.position},
                {"end", cycle.bufferKnown ? Json(cycle.bufferEnd) : Json(nullptr)},
                {"used", analyzer::bufferUseOf(cycle)}}},
              {"sp",
               {{"unwind", cycle.startUnwind.sp},
                {"suspended", spOf(cycle.stopUnwind)},
                {"rewind", spOf(cycle.startRewind)},
                {"end", spOf(cycle.stopRewind)}}},
              {"frames", frames},
              {"unwind", stepsJson(cycle.unwind)},
              {"rewind", stepsJson(cycle.rewind)},
              {"suspended_at", markJson(cycle.suspendedAt)},
              {"resumed_at", markJson(cycle.resumedAt)}};
}

Json findingJson(const Finding& finding) {
  Json function = nullptr, site = nullptr;
  if (finding.function) {
    const std::string& name = finding.function->name;
    function = Json{{"index", finding.function->index},
                    {"name", name.empty() ? Json(nullptr) : Json(name)}};
  }
  if (finding.site) {
    site = Json{{"offset", finding.site->offset},
                {"kind", analyzer::siteKindName(finding.site->kind)}};
  }
  return Json{{"type", "finding"},
              {"code", finding.code},
              {"cycle", finding.cycle},
              {"cycles_affected", finding.cyclesAffected},
              {"phase", analyzer::phaseName(finding.phase)},
              {"thread", finding.place.thread},
              {"event", finding.place.event},
              {"function", function},
              {"site", site},
              {"certainty", analyzer::certaintyName(finding.certainty)},
              {"harm", analyzer::harmName(finding.harm)},
              {"explanation", finding.explanation},
              {"flags", finding.advice.flags}};
}

}  // namespace

void writeJsonLines(const Input& input, const Sink& sink) {
  const Run& run = input.run;
  const Clock clock(run);
  BlockWriter out(sink);
  const auto line = [&](const Json& json) {
    out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
  };
  line(Json{{"type", "run"},
            {"schema", kSchema},
            {"file", run.file},
            {"argv", input.trace.run.argv},
            {"runtime", input.trace.run.runtime},
            {"runtime_version", input.trace.run.runtimeVersion},
            {"outcome", analyzer::outcomeName(run.outcome)},
            {"outcome_text", run.outcomeText},
            {"sentence", analyzer::verdictSentence(run, input.diagnosis)},
            {"cycles", run.cycles.size()},
            {"cycles_completed", run.cyclesCompleted()}});
  for (const Cycle& cycle : run.cycles) line(cycleJson(run, clock, cycle));
  for (const Finding& finding : input.diagnosis.findings) line(findingJson(finding));
  line(Json{{"type", "events"},
            {"written", run.events.written},
            {"explained", run.events.explained},
            {"unexplained", run.events.unexplained},
            {"lost", run.events.lost}});
}

}  // namespace asyncscope::exports
