// One flat JSON object a cycle, always the same columns, each of one type or null: what engines for
// tables (Parquet, a data frame) take as it is. docs/report.md lists the columns. The nested form,
// with frames and steps, is json_lines.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "analyzer/cycles/measures.h"
#include "analyzer/export/clock.h"
#include "analyzer/export/exporter.h"
#include "analyzer/export/json_text.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::exports {
namespace {

using analyzer::Cycle;
using analyzer::Frame;
using analyzer::Run;
using Json = nlohmann::ordered_json;

Json textOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// Where the cycle ended.
const char* endOf(const Cycle& cycle) {
  if (cycle.completed()) return "completed";
  if (!cycle.stopUnwind) return "unwind";
  return cycle.startRewind ? "rewind" : "suspended";
}

void addFrames(Json& row, const Run& run, const Cycle& cycle) {
  std::uint64_t scripts = 0, unsaved = 0, unguarded = 0;
  const Frame* innermost = nullptr;
  for (const Frame& frame : cycle.frames) {
    if (frame.fate == Frame::Fate::JavaScript) {
      ++scripts;
      continue;
    }
    if (innermost == nullptr) innermost = &frame;
    unsaved += frame.fate == Frame::Fate::NotSaved ? 1 : 0;
    const record::ModuleTable* table = run.moduleOf(cycle.thread, frame.instance);
    const record::SiteEntry* site =
        table == nullptr || !frame.site ? nullptr : table->site(frame.function, *frame.site);
    unguarded += site != nullptr && !site->guarded ? 1 : 0;
  }
  row["depth"] = analyzer::depthOf(cycle);
  row["javascript_frames"] = scripts;
  row["unsaved_frames"] = unsaved;
  row["unguarded_sites"] = unguarded;
  row["innermost_function"] = innermost == nullptr ? Json(nullptr) : Json(innermost->function);
  row["innermost_name"] =
      innermost == nullptr
          ? Json(nullptr)
          : textOrNull(
                analyzer::functionRef(run, cycle.thread, innermost->instance, innermost->function)
                    .name);
  row["innermost_site"] =
      innermost == nullptr || !innermost->site ? Json(nullptr) : Json(*innermost->site);
}

void addTimes(Json& row, const Clock& clock, const Cycle& cycle) {
  const bool ticks = clock.ticks(cycle.thread);
  const CycleSpan span = clock.span(cycle);
  const auto time = [&](std::uint64_t value) { return ticks ? Json(value) : Json(nullptr); };
  row["unwind_us"] = time(span.begin);
  row["suspended_us"] = time(span.unwound);
  row["rewind_us"] = time(span.resumed);
  row["end_us"] = time(span.end);
}

Json rowOf(const Run& run, const Clock& clock, const Cycle& cycle) {
  const record::ModuleTable* table = run.moduleOf(cycle.thread, cycle.instance);
  const std::uint64_t start = cycle.startUnwind.position;
  Json row{{"run", run.file},
           {"outcome", analyzer::outcomeName(run.outcome)},
           {"module", table == nullptr ? Json(nullptr) : Json(fmt::format("{:016x}", table->hash))},
           {"thread", cycle.thread},
           {"instance", cycle.instance},
           {"cycle", cycle.number},
           {"completed", cycle.completed()},
           {"ended", endOf(cycle)}};
  addTimes(row, clock, cycle);
  addFrames(row, run, cycle);
  row["buffer_used"] = analyzer::bufferUseOf(cycle);
  row["buffer_size"] =
      cycle.bufferKnown && cycle.bufferEnd > start ? Json(cycle.bufferEnd - start) : Json(nullptr);
  row["sp_before"] = cycle.startUnwind.sp;
  row["sp_after"] = cycle.stopRewind ? Json(cycle.stopRewind->sp) : Json(nullptr);
  const bool marked = cycle.suspendedAt.has_value();
  row["file"] = marked ? textOrNull(cycle.suspendedAt->file) : Json(nullptr);
  row["code"] = marked ? textOrNull(cycle.suspendedAt->code) : Json(nullptr);
  row["line"] = marked ? Json(cycle.suspendedAt->line) : Json(nullptr);
  row["offset"] = marked ? Json(cycle.suspendedAt->offset) : Json(nullptr);
  return row;
}

}  // namespace

void writeCycleRows(const Input& input, const Sink& sink) {
  const Clock clock(input.run);
  BlockWriter out(sink);
  for (const Cycle& cycle : input.run.cycles) {
    out << rowOf(input.run, clock, cycle).dump(-1, ' ', false, Json::error_handler_t::replace)
        << "\n";
  }
}

}  // namespace asyncscope::exports
