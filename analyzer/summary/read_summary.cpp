// The reading half of summary_json.h.
#include <charconv>
#include <nlohmann/json.hpp>

#include "analyzer/invariants/finding.h"
#include "analyzer/summary/summary_json.h"

namespace asyncscope::analyzer {
namespace {

using Json = nlohmann::json;
using support::fail;

// Getters that remember the first thing that was wrong; what they return then is of no use.
class Reader {
 public:
  bool failed() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }
  void wrong(std::string problem) {
    if (!failed()) problem_ = std::move(problem);
  }

  const Json& get(const Json& object, const char* key) {
    if (object.is_object()) {
      if (const auto found = object.find(key); found != object.end()) return *found;
    }
    wrong(std::string("\"") + key + "\" is missing");
    return null_;
  }

  const Json& list(const Json& object, const char* key) {
    const Json& json = get(object, key);
    if (!json.is_array()) wrong(std::string("\"") + key + "\" is no list");
    return json.is_array() ? json : empty_;
  }

  std::uint64_t number(const Json& json, const char* what) {
    if (json.is_number_unsigned()) return json.get<std::uint64_t>();
    wrong(std::string(what) + " is no number from 0");
    return 0;
  }

  std::uint32_t number32(const Json& json, const char* what) {
    const std::uint64_t value = number(json, what);
    if (value > 0xffffffff) wrong(std::string(what) + " is too large");
    return static_cast<std::uint32_t>(value);
  }

  std::string text(const Json& json, const char* what) {
    if (json.is_string()) return json.get<std::string>();
    wrong(std::string(what) + " is no string");
    return {};
  }

  bool truth(const Json& json, const char* what) {
    if (json.is_boolean()) return json.get<bool>();
    wrong(std::string(what) + " is neither true nor false");
    return false;
  }

  // The entry of a row; rows may be shorter than they could be, where the rest is 0.
  std::uint64_t cell(const Json& row, std::size_t column) {
    return column < row.size() ? number(row[column], "a number of a row") : 0;
  }

  bool row(const Json& json, std::size_t atLeast, std::size_t atMost) {
    if (json.is_array() && json.size() >= atLeast && json.size() <= atMost) return true;
    wrong("a row has another number of entries than it should");
    return false;
  }

  RunCounts counts(const Json& row, std::size_t from) {
    return {cell(row, from), cell(row, from + 1), cell(row, from + 2)};
  }

  RunCounts counts(const Json& object, const char* key) {
    const Json& json = get(object, key);
    return row(json, 3, 3) ? counts(json, std::size_t{0}) : RunCounts{};
  }

 private:
  std::string problem_;
  Json null_;
  Json empty_ = Json::array();
};

OutcomeCounts readOutcomes(Reader& reader, const Json& object) {
  OutcomeCounts counts;
  const Json& json = reader.get(object, "outcomes");
  for (const Outcome outcome : kOutcomes) {
    counts.of(outcome) = reader.number(reader.get(json, outcomeName(outcome)), "an outcome");
  }
  return counts;
}

SiteSummary readSite(Reader& reader, const Json& row) {
  SiteSummary site;
  if (!reader.row(row, 3, 9)) return site;
  site.offset = reader.number32(row[0], "the offset of a site");
  if (!row[1].is_null()) {
    const std::uint64_t kind = reader.number(row[1], "the kind of a site");
    if (kind > static_cast<std::uint64_t>(record::SiteKind::CallRef)) {
      reader.wrong("the kind of a site is not known");
    }
    site.kind = static_cast<record::SiteKind>(kind);
  }
  const std::uint64_t flags = reader.number(row[2], "the flags of a site");
  if (flags > 3) reader.wrong("the flags of a site are not known");
  site.guarded = (flags & 1) != 0;
  site.maySuspend = (flags & 2) != 0;
  site.cycles = {reader.cell(row, 3), reader.cell(row, 4)};
  site.unsaved = reader.cell(row, 5);
  site.runs = reader.counts(row, std::size_t{6});
  return site;
}

FunctionSummary readFunction(Reader& reader, const Json& json) {
  FunctionSummary function;
  function.index = reader.number32(reader.get(json, "index"), "\"index\"");
  function.name = reader.text(reader.get(json, "name"), "\"name\"");
  function.instrumented = reader.truth(reader.get(json, "instrumented"), "\"instrumented\"");
  function.runtime = reader.truth(reader.get(json, "runtime"), "\"runtime\"");
  if (reader.failed()) return function;
  if (json.contains("runs")) function.runs = reader.counts(json, "runs");
  if (json.contains("completed_runs")) {
    function.completedRuns = reader.counts(json, "completed_runs");
  }
  for (const Json& row : reader.list(json, "sites")) {
    function.sites.push_back(readSite(reader, row));
    const std::size_t count = function.sites.size();
    if (count > 1 && function.sites[count - 1].offset <= function.sites[count - 2].offset) {
      reader.wrong("sites are not in ascending order");
    }
    if (reader.failed()) break;
  }
  return function;
}

Spread readSpread(Reader& reader, const Json& object, const char* key) {
  Spread spread;
  for (const Json& row : reader.list(object, key)) {
    if (!reader.row(row, 4, 4)) break;
    spread.values[Spread::rounded(reader.cell(row, 0))] += reader.counts(row, std::size_t{1});
  }
  return spread;
}

void readFindings(Reader& reader, const Json& object, ModuleSummary& module) {
  const auto optional = [&](const Json& json, const char* key) -> std::optional<std::uint32_t> {
    const Json& value = reader.get(json, key);
    if (value.is_null()) return std::nullopt;
    return reader.number32(value, key);
  };
  for (const Json& json : reader.list(object, "findings")) {
    const FindingKey key{reader.text(reader.get(json, "code"), "\"code\""),
                         optional(json, "function"), optional(json, "site")};
    const auto number = [&](const char* name) {
      return reader.number(reader.get(json, name), name);
    };
    const FindingSummary finding{reader.counts(json, "runs"), number("cycles"), number("breaks"),
                                 number("latent"), number("not_determined")};
    if (reader.failed()) return;
    module.findings[key] += finding;
  }
}

template <class Map, class Entry>
void readBounded(Reader& reader, const Json& object, const std::string& key, std::size_t columns,
                 Map& map, Entry entry) {
  for (const Json& row : reader.list(object, key.c_str())) {
    if (!reader.row(row, columns, columns)) return;
    entry(row);
    if (reader.failed()) return;
  }
  const std::string cut = key + "_cut";
  if (reader.truth(reader.get(object, cut.c_str()), cut.c_str())) map.markCut();
}

std::uint64_t readHash(Reader& reader, const Json& json) {
  const std::string text = reader.text(reader.get(json, "hash"), "\"hash\"");
  std::uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (error != std::errc{} || end != text.data() + text.size()) {
    reader.wrong("\"hash\" is no hexadecimal number");
  }
  return hash;
}

ModuleSummary readModule(Reader& reader, const Json& json) {
  const auto number = [&](const char* key) { return reader.number(reader.get(json, key), key); };
  ModuleSummary module;
  module.size = number("size");
  module.name = reader.text(reader.get(json, "name"), "\"name\"");
  module.runs = reader.counts(json, "runs");
  module.outcomes = readOutcomes(reader, json);
  module.suspended = reader.counts(json, "suspended");
  module.completed = reader.counts(json, "completed");
  module.cycles = number("cycles");
  module.cyclesCompleted = number("cycles_completed");
  module.framesWithoutSite = number("frames_without_site");
  module.cutUnwind = reader.counts(json, "cut_unwind");
  module.neverResumed = reader.counts(json, "never_resumed");
  module.cutRewind = reader.counts(json, "cut_rewind");
  module.anyUnguarded = reader.counts(json, "any_unguarded");
  module.depth = readSpread(reader, json, "depth");
  module.cycleCount = readSpread(reader, json, "cycle_count");
  module.bufferUse = readSpread(reader, json, "buffer_use");
  module.bufferShare = readSpread(reader, json, "buffer_share");
  module.stackSkew = readSpread(reader, json, "stack_skew");
  readFindings(reader, json, module);
  readBounded(reader, json, "positions", 6, module.positions, [&](const Json& row) {
    const PositionKey key{reader.text(row[0], "a file"), reader.text(row[1], "a code object"),
                          reader.number32(row[2], "a line"), reader.number32(row[3], "an offset")};
    if (CycleCounts* counts = module.positions.at(key)) {
      *counts += CycleCounts{reader.cell(row, 4), reader.cell(row, 5)};
    }
  });
  readBounded(reader, json, "lines", 6, module.lines, [&](const Json& row) {
    const LineKey key{reader.text(row[0], "a file"), reader.text(row[1], "a code object"),
                      reader.number32(row[2], "a line")};
    if (RunCounts* counts = module.lines.at(key)) *counts += reader.counts(row, std::size_t{3});
  });
  readBounded(reader, json, "scripts", 4, module.scripts, [&](const Json& row) {
    const ScriptKey key{reader.text(row[0], "a JavaScript function")};
    if (RunCounts* counts = module.scripts.at(key)) *counts += reader.counts(row, std::size_t{1});
  });
  for (const Json& entry : reader.list(json, "functions")) {
    module.functions.push_back(readFunction(reader, entry));
    const std::size_t count = module.functions.size();
    if (count > 1 && module.functions[count - 1].index <= module.functions[count - 2].index) {
      reader.wrong("functions are not in ascending order");
    }
    if (reader.failed()) break;
  }
  return module;
}

Summary read(Reader& reader, const Json& json) {
  Summary summary;
  summary.runs = reader.counts(json, "runs");
  summary.outcomes = readOutcomes(reader, json);
  summary.runsWithoutModule =
      reader.number(reader.get(json, "runs_without_module"), "\"runs_without_module\"");
  summary.notes = reader.number(reader.get(json, "notes"), "\"notes\"");
  const Json& events = reader.get(json, "events");
  const auto event = [&](const char* key) { return reader.number(reader.get(events, key), key); };
  summary.events = {event("written"), event("explained"), event("unexplained"), event("lost")};
  for (const Json& entry : reader.list(json, "modules")) {
    const std::uint64_t hash = readHash(reader, entry);
    ModuleSummary module = readModule(reader, entry);
    if (!reader.failed() && !summary.modules.emplace(hash, std::move(module)).second) {
      reader.wrong("a module is there twice");
    }
    if (reader.failed()) break;
  }
  return summary;
}

}  // namespace

bool looksLikeSummary(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

support::Result<Summary> readSummary(std::string_view text) {
  constexpr const char* kHint = "give a file that `asyncscope merge` has written";
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return fail("a summary that is no valid JSON", std::nullopt, kHint);
  Reader reader;
  if (!json.is_object() || json.value("asyncscope", Json()) != "summary") {
    return fail("not a summary: \"asyncscope\" is not \"summary\"", std::nullopt, kHint);
  }
  const std::uint64_t schema = reader.number(reader.get(json, "schema"), "\"schema\"");
  if (!reader.failed() && schema != kSummarySchema) {
    return fail("summary schema " + std::to_string(schema) + " is not known", std::nullopt,
                "this build reads schema " + std::to_string(kSummarySchema));
  }
  Summary summary = read(reader, json);
  if (reader.failed()) return fail("a summary in which " + reader.problem(), std::nullopt, kHint);
  return summary;
}

}  // namespace asyncscope::analyzer
