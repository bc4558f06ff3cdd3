// The writing half of summary_json.h.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzer/invariants/finding.h"
#include "analyzer/summary/summary_json.h"

namespace asyncscope::analyzer {
namespace {

using Json = nlohmann::ordered_json;

// Texts of a summary are UTF-8 already (summarise.h); one that was made otherwise is not refused.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json countsJson(const RunCounts& counts) {
  return Json::array({counts.failing, counts.passing, counts.other});
}

Json outcomesJson(const OutcomeCounts& counts) {
  Json json = Json::object();
  for (const Outcome outcome : kOutcomes) json[outcomeName(outcome)] = counts.of(outcome);
  return json;
}

template <class T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

// Numbers at the end that are 0 are left out: most sites of a module have never been on a stack.
Json siteJson(const SiteSummary& site) {
  const std::uint32_t flags = (site.guarded ? 1u : 0u) | (site.maySuspend ? 2u : 0u);
  Json json = Json::array(
      {site.offset, site.kind ? Json(static_cast<unsigned>(*site.kind)) : Json(nullptr), flags});
  const std::uint64_t numbers[] = {site.cycles.completed, site.cycles.interrupted, site.unsaved,
                                   site.runs.failing,     site.runs.passing,       site.runs.other};
  const auto last = std::find_if(std::rbegin(numbers), std::rend(numbers),
                                 [](std::uint64_t number) { return number != 0; });
  for (auto at = std::begin(numbers); at != last.base(); ++at) json.push_back(*at);
  return json;
}

Json functionJson(const FunctionSummary& function) {
  Json sites = Json::array();
  for (const SiteSummary& site : function.sites) sites.push_back(siteJson(site));
  Json json{{"index", function.index},
            {"name", function.name},
            {"instrumented", function.instrumented},
            {"runtime", function.runtime}};
  if (function.runs.all() != 0) json["runs"] = countsJson(function.runs);
  if (function.completedRuns.all() != 0) {
    json["completed_runs"] = countsJson(function.completedRuns);
  }
  json["sites"] = std::move(sites);
  return json;
}

Json spreadJson(const Spread& spread) {
  Json json = Json::array();
  for (const auto& [value, counts] : spread.values) {
    json.push_back({value, counts.failing, counts.passing, counts.other});
  }
  return json;
}

// `  "key": [` and a line for each entry.
void appendList(std::string& text, const char* key, const std::vector<std::string>& lines) {
  text += fmt::format("    \"{}\": [", key);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += i == 0 ? "\n      " : ",\n      ";
    text += lines[i];
  }
  text += "],\n";
}

// By key, not by hash: a person reads them.
template <class Map, class Line>
void appendBounded(std::string& text, const std::string& key, const Map& map, Line line) {
  std::map<typename Map::Entries::key_type::second_type, const typename Map::Entries::mapped_type*>
      sorted;
  for (const auto& [place, value] : map.entries()) sorted.emplace(place.second, &value);
  std::vector<std::string> lines;
  for (const auto& [entry, value] : sorted) lines.push_back(dump(line(entry, *value)));
  appendList(text, key.c_str(), lines);
  text += fmt::format("    \"{}_cut\": {},\n", key, map.cut());
}

void appendModule(std::string& text, std::uint64_t hash, const ModuleSummary& module) {
  const auto pair = [&](const char* key, const Json& value) {
    text += fmt::format("    \"{}\": {},\n", key, dump(value));
  };
  text += "  {\n";
  pair("hash", fmt::format("{:016x}", hash));
  pair("size", module.size);
  pair("name", module.name);
  pair("runs", countsJson(module.runs));
  pair("outcomes", outcomesJson(module.outcomes));
  pair("suspended", countsJson(module.suspended));
  pair("completed", countsJson(module.completed));
  pair("cycles", module.cycles);
  pair("cycles_completed", module.cyclesCompleted);
  pair("frames_without_site", module.framesWithoutSite);
  pair("cut_unwind", countsJson(module.cutUnwind));
  pair("never_resumed", countsJson(module.neverResumed));
  pair("cut_rewind", countsJson(module.cutRewind));
  pair("any_unguarded", countsJson(module.anyUnguarded));
  pair("depth", spreadJson(module.depth));
  pair("cycle_count", spreadJson(module.cycleCount));
  pair("buffer_use", spreadJson(module.bufferUse));
  pair("buffer_share", spreadJson(module.bufferShare));
  pair("stack_skew", spreadJson(module.stackSkew));
  std::vector<std::string> lines;
  for (const auto& [key, finding] : module.findings) {
    lines.push_back(dump(Json{{"code", key.code},
                              {"function", orNull(key.function)},
                              {"site", orNull(key.site)},
                              {"runs", countsJson(finding.runs)},
                              {"cycles", finding.cycles},
                              {"breaks", finding.breaks},
                              {"latent", finding.latent},
                              {"not_determined", finding.notDetermined}}));
  }
  appendList(text, "findings", lines);
  appendBounded(
      text, "positions", module.positions, [](const PositionKey& key, const CycleCounts& counts) {
        return Json::array(
            {key.file, key.code, key.line, key.offset, counts.completed, counts.interrupted});
      });
  appendBounded(text, "lines", module.lines, [](const LineKey& key, const RunCounts& counts) {
    return Json::array(
        {key.file, key.code, key.line, counts.failing, counts.passing, counts.other});
  });
  appendBounded(text, "scripts", module.scripts, [](const ScriptKey& key, const RunCounts& counts) {
    return Json::array({key.name, counts.failing, counts.passing, counts.other});
  });
  lines.clear();
  for (const FunctionSummary& function : module.functions) {
    lines.push_back(dump(functionJson(function)));
  }
  appendList(text, "functions", lines);
  text.erase(text.size() - 2, 1);  // the comma behind the last key
  text += "  }";
}

}  // namespace

std::string writeSummary(const Summary& summary) {
  std::string text = "{\n\"asyncscope\": \"summary\",\n";
  const auto pair = [&](const char* key, const Json& value) {
    text += fmt::format("\"{}\": {},\n", key, dump(value));
  };
  pair("schema", kSummarySchema);
  pair("runs", countsJson(summary.runs));
  pair("outcomes", outcomesJson(summary.outcomes));
  pair("runs_without_module", summary.runsWithoutModule);
  pair("notes", summary.notes);
  pair("events", Json{{"written", summary.events.written},
                      {"explained", summary.events.explained},
                      {"unexplained", summary.events.unexplained},
                      {"lost", summary.events.lost}});
  text += "\"modules\": [";
  bool first = true;
  for (const auto& [hash, module] : summary.modules) {
    text += first ? "\n" : ",\n";
    first = false;
    appendModule(text, hash, module);
  }
  return text + "]\n}\n";
}

}  // namespace asyncscope::analyzer
