#include "analyzer/html/page_data.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "analyzer/cycles/measures.h"
#include "analyzer/explain/explanation.h"
#include "analyzer/export/clock.h"
#include "analyzer/export/json_text.h"
#include "analyzer/html/columns.h"
#include "analyzer/html/shapes.h"
#include "analyzer/report/json.h"

namespace asyncscope::html {
namespace {

using analyzer::Cycle;
using analyzer::Finding;
using analyzer::Mark;
using analyzer::Run;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMostSnapshots = 32, kMostMarks = 20'000;
constexpr std::size_t kSnapshotBytes = 1 << 16;

// The interpreter's positions, each written once.
class Marks {
 public:
  // From 1; 0: there is none, or too many.
  std::uint32_t of(const std::optional<Mark>& mark) {
    if (!mark) return 0;
    const auto key = std::tuple(mark->code, mark->file, mark->depth, mark->offset, mark->line);
    if (const auto known = numbers_.find(key); known != numbers_.end()) return known->second;
    if (list_.size() >= kMostMarks) return 0;
    list_.push_back(Json{{"code", mark->code},
                         {"file", mark->file},
                         {"depth", mark->depth},
                         {"offset", mark->offset},
                         {"line", mark->line}});
    const auto number = static_cast<std::uint32_t>(list_.size());
    numbers_.emplace(key, number);
    return number;
  }
  const Json& list() const { return list_; }

 private:
  std::map<std::tuple<std::string, std::string, std::uint32_t, std::uint32_t, std::uint32_t>,
           std::uint32_t>
      numbers_;
  Json list_ = Json::array();
};

// Cycles that a reader will look at: those of the findings, and the first and the last.
std::set<std::uint32_t> notableCycles(const Run& run, const analyzer::Diagnosis& diagnosis) {
  std::set<std::uint32_t> cycles;
  if (run.cycles.empty()) return cycles;
  const auto count = static_cast<std::uint32_t>(run.cycles.size());
  const auto add = [&](std::uint32_t number) {
    if (number >= 1 && number <= count && cycles.size() < kMostSnapshots) cycles.insert(number);
  };
  if (diagnosis.verdict) add(diagnosis.verdict->cycle);
  add(1);
  add(count);
  for (const Finding& finding : diagnosis.findings) add(finding.cycle);
  return cycles;
}

Json snapshotsJson(const Run& run, const std::set<std::uint32_t>& cycles) {
  Json list = Json::array();
  for (const std::uint32_t number : cycles) {
    const std::vector<std::uint8_t>& bytes = run.cycles[number - 1].snapshot.items();
    if (bytes.empty()) continue;
    const std::size_t kept = std::min(bytes.size(), kSnapshotBytes);
    list.push_back(Json{{"cycle", number},
                        {"bytes", base64({reinterpret_cast<const char*>(bytes.data()), kept})}});
  }
  return list;
}

struct Columns {
  Column begin, unwind, suspended, rewind, depth, used, size, start, data, sp, shape, mark, state,
      thread;

  Json json() {
    return Json{
        {"begin", begin.base64()},   {"unwind", unwind.base64()}, {"suspended", suspended.base64()},
        {"rewind", rewind.base64()}, {"depth", depth.base64()},   {"used", used.base64()},
        {"size", size.base64()},     {"start", start.base64()},   {"data", data.base64()},
        {"sp", sp.base64()},         {"shape", shape.base64()},   {"mark", mark.base64()},
        {"state", state.base64()},   {"thread", thread.base64()}};
  }
};

// What became of a cycle: 0 completed, 1 not unwound, 2 not resumed, 3 not rewound.
std::uint32_t stateOf(const Cycle& cycle) {
  if (cycle.completed()) return 0;
  if (!cycle.stopUnwind) return 1;
  return cycle.startRewind ? 3 : 2;
}

Json timelineJson(const Run& run, const std::set<std::uint32_t>& notable, Shapes& shapes,
                  Marks& marks) {
  for (const std::uint32_t number : notable) shapes.of(run.cycles[number - 1]);
  const exports::Clock clock(run);
  Columns columns;
  bool ticks = !run.cycles.empty();
  for (const Cycle& cycle : run.cycles) {
    const exports::CycleSpan span = clock.span(cycle);
    const std::uint64_t start = cycle.startUnwind.position;
    ticks = ticks && clock.ticks(cycle.thread);
    columns.begin.add(span.begin);
    columns.unwind.add(span.unwound - span.begin);
    columns.suspended.add(span.resumed - span.unwound);
    columns.rewind.add(span.end - span.resumed);
    columns.depth.add(analyzer::depthOf(cycle));
    columns.used.add(analyzer::bufferUseOf(cycle));
    columns.size.add(cycle.bufferKnown && cycle.bufferEnd > start ? cycle.bufferEnd - start : 0);
    columns.start.add(start);
    columns.data.add(cycle.bufferKnown ? cycle.dataPointer : 0);
    columns.sp.add(cycle.startUnwind.sp);
    columns.shape.add(shapes.of(cycle));
    columns.mark.add(marks.of(cycle.suspendedAt));
    columns.state.add(stateOf(cycle));
    columns.thread.add(cycle.thread);
  }
  return Json{{"count", run.cycles.size()}, {"ticks", ticks}, {"columns", columns.json()}};
}

// What the page on the verdict's code says in short; null: no verdict.
Json explainedJson(const analyzer::Diagnosis& diagnosis) {
  const explain::Page* page =
      diagnosis.verdict ? explain::findPage(diagnosis.verdict->code) : nullptr;
  if (page == nullptr) return nullptr;
  return Json{{"title", page->title}, {"lead", explain::leadText(*page)}, {"mends", page->mends}};
}

// The text of JSON has these only inside strings, where an escape means the same.
std::string safeInScript(const std::string& json) {
  std::string text;
  text.reserve(json.size() + json.size() / 64);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<') {
      text += "\\u003c";
    } else if (c == '>') {
      text += "\\u003e";
    } else if (c == '&') {
      text += "\\u0026";
    } else if (json.compare(i, 3, "\xe2\x80\xa8") == 0 || json.compare(i, 3, "\xe2\x80\xa9") == 0) {
      text += json[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string pageData(const ReportInput& input) {
  const Run& run = input.run;
  const record::RunInfo& info = input.trace.run;
  const std::set<std::uint32_t> notable = notableCycles(run, input.diagnosis);
  Shapes shapes(run);
  Marks marks;
  Json modules = Json::array();
  for (const record::TracedModule& module : input.trace.modules) {
    modules.push_back(Json{{"name", module.table.name},
                           {"size", module.table.size},
                           {"functions", module.table.functionCount}});
  }
  Json json{{"schema", 1},
            {"version", input.version},
            {"diagnosis", Json::parse(analyzer::jsonReport(run, input.diagnosis))},
            {"explained", explainedJson(input.diagnosis)},
            {"recording",
             {{"argv", info.argv},
              {"runtime", info.runtime + " " + info.runtimeVersion},
              {"platform", info.platform},
              {"start", info.start},
              {"modules", modules}}},
            {"timeline", timelineJson(run, notable, shapes, marks)},
            {"snapshots", snapshotsJson(run, notable)}};
  json["marks"] = marks.list();
  json["shapes"] = shapes.shapesJson();
  json["functions"] = shapes.functionsJson();
  return safeInScript(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace asyncscope::html
