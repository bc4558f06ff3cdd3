// Suspend coverage as JSON, and as flat rows.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "analyzer/coverage/coverage.h"
#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json textOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json kindJson(const SiteSummary& site) {
  return site.kind ? Json(siteKindName(*site.kind)) : Json(nullptr);
}

Json runsJson(const RunCounts& runs) {
  return Json{{"failing", runs.failing}, {"passing", runs.passing}, {"other", runs.other}};
}

Json countsJson(const CoverageCounts& counts) {
  return Json{{"sites", counts.sites},
              {"exercised", counts.exercised},
              {"interrupted", counts.interrupted},
              {"never", counts.never()},
              {"never_unguarded", counts.unguardedNever},
              {"percent", counts.percent()}};
}

const char* stateOf(const SiteSummary& site) {
  if (site.cycles.completed != 0) return "exercised";
  return site.cycles.interrupted != 0 ? "interrupted" : "never";
}

Json siteJson(const SiteSummary& site) {
  return Json{{"offset", site.offset},
              {"kind", kindJson(site)},
              {"guarded", site.guarded},
              {"state", stateOf(site)},
              {"completed_cycles", site.cycles.completed},
              {"interrupted_cycles", site.cycles.interrupted},
              {"unsaved_cycles", site.unsaved},
              {"runs", runsJson(site.runs)}};
}

Json functionJson(const FunctionCoverage& entry) {
  const FunctionSummary& function = *entry.function;
  Json sites = Json::array();
  for (const SiteSummary& site : function.sites) {
    if (site.maySuspend) sites.push_back(siteJson(site));
  }
  Json json{{"index", function.index},
            {"name", textOrNull(function.name)},
            {"instrumented", function.instrumented}};
  json.update(countsJson(entry.counts));
  json["list"] = std::move(sites);
  return json;
}

Json positionsJson(const ModuleSummary& module) {
  std::map<PositionKey, CycleCounts> sorted;
  for (const auto& [place, counts] : module.positions.entries()) {
    sorted.emplace(place.second, counts);
  }
  Json json = Json::array();
  for (const auto& [key, counts] : sorted) {
    json.push_back(Json{{"file", key.file},
                        {"code", key.code},
                        {"line", key.line},
                        {"offset", key.offset},
                        {"completed_cycles", counts.completed},
                        {"interrupted_cycles", counts.interrupted}});
  }
  return json;
}

Json moduleJson(const ModuleCoverage& module) {
  Json functions = Json::array(), beyond = Json::array();
  for (const FunctionCoverage& function : module.functions) {
    functions.push_back(functionJson(function));
  }
  for (const SiteCoverage& entry : module.beyond) {
    Json json{{"function", entry.function->index}, {"name", textOrNull(entry.function->name)}};
    json.update(siteJson(*entry.site));
    beyond.push_back(std::move(json));
  }
  Json json{{"hash", fmt::format("{:016x}", module.hash)},
            {"name", textOrNull(module.module->name)},
            {"size", module.module->size},
            {"runs", runsJson(module.module->runs)},
            {"cycles", module.module->cycles},
            {"cycles_completed", module.module->cyclesCompleted},
            {"frames_without_site", module.module->framesWithoutSite}};
  json.update(countsJson(module.counts));
  json["functions"] = std::move(functions);
  json["beyond"] = std::move(beyond);
  json["positions"] = positionsJson(*module.module);
  json["positions_cut"] = module.module->positions.cut();
  return json;
}

}  // namespace

std::string coverageJson(const Coverage& coverage) {
  Json modules = Json::array();
  for (const ModuleCoverage& module : coverage.modules) modules.push_back(moduleJson(module));
  Json json{{"schema", kSchema}, {"runs", runsJson(coverage.summary->runs)}};
  json.update(countsJson(coverage.counts));
  json["modules"] = std::move(modules);
  return dump(json, 2);
}

std::string coverageRows(const Coverage& coverage) {
  std::string text;
  for (const ModuleCoverage& module : coverage.modules) {
    for (const FunctionSummary& function : module.module->functions) {
      for (const SiteSummary& site : function.sites) {
        const bool counted = site.maySuspend && !function.runtime;
        if (!counted && site.cycles.all() == 0) continue;
        text += dump(Json{{"module", fmt::format("{:016x}", module.hash)},
                          {"module_name", textOrNull(module.module->name)},
                          {"function", function.index},
                          {"function_name", textOrNull(function.name)},
                          {"instrumented", function.instrumented},
                          {"site", site.offset},
                          {"kind", kindJson(site)},
                          {"guarded", site.guarded},
                          {"counted", counted},
                          {"state", stateOf(site)},
                          {"completed_cycles", site.cycles.completed},
                          {"interrupted_cycles", site.cycles.interrupted},
                          {"unsaved_cycles", site.unsaved},
                          {"failing_runs", site.runs.failing},
                          {"passing_runs", site.runs.passing},
                          {"other_runs", site.runs.other}},
                     -1);
      }
    }
  }
  return text;
}

}  // namespace asyncscope::analyzer
