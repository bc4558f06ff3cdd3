#include "analyzer/stress/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/text.h"

namespace asyncscope::analyzer {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kPositionsShown = 12, kRunsShown = 20;

std::string safe(const std::string& text) { return support::escaped(text); }

// Numbers of kObstacles in tracer/runtime/stress_driver.mjs.
std::string obstacleText(std::uint32_t obstacle) {
  switch (obstacle) {
    case 1:
      return "the module makes its control calls itself";
    case 2:
      return "its memory is shared between threads";
    case 3:
      return "it was entered by a function that is no export, or by one of a module of dynamic "
             "linking";
    case 4:
      return "its memory is too small for a buffer";
    case 5:
      return "JavaScript that cannot be replayed, and that no import began, was on the stack";
    default:
      return "not known";
  }
}

std::string plural(std::uint64_t count, const char* word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string opportunities(std::uint64_t count) {
  return fmt::format("{} {}", count, count == 1 ? "opportunity" : "opportunities");
}

std::string forcedText(const std::vector<std::uint32_t>& forced) {
  if (forced.empty()) return "without a forced suspend";
  std::string text = fmt::format("with {}", plural(forced.size(), "forced suspend"));
  if (forced.size() <= 5) {
    text += forced.size() == 1 ? ", at opportunity " : ", at opportunities ";
    for (std::size_t i = 0; i < forced.size(); ++i) {
      text += (i == 0 ? "" : ", ") + std::to_string(forced[i]);
    }
  }
  return text;
}

const SearchResult::Row* firstWithSuspends(const SearchResult& result) {
  const auto found = std::find_if(result.runs.begin(), result.runs.end(),
                                  [](const auto& row) { return row.purpose == "search"; });
  return found == result.runs.end() ? nullptr : &*found;
}

std::string sentence(const SearchResult& result) {
  if (result.failing) {
    const Trial& trial = *result.failing;
    std::string text = result.failsAlone
                           ? "Fails without a forced suspend: "
                           : fmt::format("Fails {}{}: ", forcedText(trial.forced),
                                         result.minimal ? "" : ", perhaps with fewer");
    text += trial.verdict
                ? trial.sentence
                : "no invariant is violated, and the run is not the same: why is not determined";
    return text;
  }
  const SearchResult::Row* row = firstWithSuspends(result);
  if (row == nullptr) return "Nothing is known yet: no run with forced suspends was completed";
  if (row->opportunities == 0) {
    return "Nothing was tried: the program never calls an import that may suspend";
  }
  if (result.trips == 0) {
    return fmt::format("Nothing was tried: all {} were left alone",
                       opportunities(row->opportunities));
  }
  return fmt::format("Nothing found: {} completed forced suspends in {} runs changed nothing",
                     result.trips, result.runs.size() - 2);
}

std::string rowText(const SearchResult::Row& row) {
  std::string verdict = row.code;
  if (verdict.empty()) verdict = row.failed ? "differs" : "nothing";
  return fmt::format("  {:<12}  {:<28}  {:>13}  {:>8}  {:<7}  {}\n", row.purpose,
                     row.schedule.size() > 28 ? row.schedule.substr(0, 25) + "..." : row.schedule,
                     row.opportunities, row.trips, outcomeName(row.outcome), verdict);
}

std::string runsText(const SearchResult& result) {
  std::string text = fmt::format("\n{:<14}  {:<28}  {:>13}  {:>8}  {:<7}  {}\n", "Runs", "schedule",
                                 "opportunities", "suspends", "outcome", "found");
  std::size_t shown = 0, skipped = 0;
  for (const SearchResult::Row& row : result.runs) {
    if (row.purpose == "shrink" && ++shown > kRunsShown) {
      ++skipped;
    } else {
      text += rowText(row);
    }
  }
  if (skipped != 0) text += fmt::format("  and {} more to shrink it\n", skipped);
  return text;
}

std::string interventionText(const SearchResult& result) {
  if (!result.onlyThere || !result.everywhereElse) return "";
  const auto outcome = [&](const SearchResult::Row& row) {
    if (row.trips == 0 && !row.failed) return std::string("no suspend");
    const bool alike = !row.code.empty() && row.code == result.failing->verdict->code;
    return fmt::format("{}, {}", plural(row.trips, "completed suspend"),
                       alike        ? "it fails so"
                       : row.failed ? "it fails otherwise"
                                    : "nothing found");
  };
  return fmt::format(
      "\nIs it this site?\n  suspends only where it is on the stack   {}\n"
      "  suspends only where it is not            {}\n",
      outcome(*result.onlyThere), outcome(*result.everywhereElse));
}

std::string positionsText(const SearchResult& result) {
  if (result.positions.empty()) return "";
  std::string text = fmt::format("\nPositions suspended at ({})\n", result.positions.size());
  std::size_t shown = 0;
  for (const auto& [position, count] : result.positions) {
    if (++shown > kPositionsShown) {
      text +=
          fmt::format("  and {} more; --json has all\n", result.positions.size() - kPositionsShown);
      break;
    }
    text += fmt::format("  {:<48}  {}\n", safe(position), count);
  }
  return text;
}

std::string triedText(const SearchResult& result) {
  const SearchResult::Row* row = firstWithSuspends(result);
  if (row == nullptr) return "";
  std::string text =
      fmt::format("\nWhat was tried\n  {} in a run, {} in all\n", opportunities(row->opportunities),
                  plural(result.trips, "completed forced suspend"));
  if (result.oracleCompared != 0) {
    text += fmt::format(
        "  the oracle compared {} of them: globals, tables and C stack; all of memory in {}\n",
        result.oracleCompared, result.oracleInFull);
  }
  const std::vector<std::string> notCompared = result.baseline.notCompared();
  text += "\nWhat was not\n";
  bool any = false;
  for (const StressCounts& counts : result.exercised) {
    for (const StressCounts::Left& left : counts.left) {
      text += fmt::format("  {} left alone: {}\n", opportunities(left.count),
                          obstacleText(left.obstacle));
      any = true;
    }
  }
  for (const std::string& what : notCompared) {
    text += fmt::format("  {}: it differs between two runs without forced suspends\n", what);
    any = true;
  }
  if (!any) text += "  every opportunity was forced, and everything compared\n";
  return text;
}

std::string commandText(const SearchResult& result, const StressReportOptions& options) {
  return fmt::format("asyncscope record --stress '{}' -- {}", result.failing->schedule,
                     options.command);
}

Json rowJson(const SearchResult::Row& row) {
  Json json;
  json["purpose"] = row.purpose;
  json["schedule"] = row.schedule;
  json["opportunities"] = row.opportunities;
  json["suspends"] = row.trips;
  json["outcome"] = outcomeName(row.outcome);
  json["code"] = row.code.empty() ? Json(nullptr) : Json(row.code);
  json["differences"] = row.differences;
  json["failed"] = row.failed;
  return json;
}

Json failingJson(const SearchResult& result, const StressReportOptions& options) {
  if (!result.failing) return nullptr;
  const Trial& trial = *result.failing;
  Json json;
  json["schedule"] = trial.schedule;
  json["opportunities"] = trial.forced;
  json["minimal"] = result.minimal;
  json["command"] = commandText(result, options);
  json["differences"] = result.differences;
  json["diagnosis"] = Json::parse(trial.report, nullptr, false);
  return json;
}

}  // namespace

std::string stressText(const SearchResult& result, const StressReportOptions& options) {
  std::string text = safe(sentence(result));
  if (options.colour) text = (result.failing ? "\x1b[1;31m" : "\x1b[1m") + text + "\x1b[0m";
  text += '\n';
  if (result.interrupted) text += "Interrupted: this is what was known until then.\n";
  if (result.failing) {
    for (const std::string& difference : result.differences) text += "  " + difference + "\n";
    text += "\nRepeat it\n  " + safe(commandText(result, options)) + "\n";
    if (result.failing->verdict) text += "\n" + result.failing->report;
    text += interventionText(result);
  } else {
    text += triedText(result);
  }
  text += positionsText(result);
  text += runsText(result);
  return text;
}

std::string stressJson(const SearchResult& result, const StressReportOptions& options) {
  Json json;
  json["schema"] = kStressSchema;
  json["sentence"] = sentence(result);
  json["interrupted"] = result.interrupted;
  json["fails_without_suspends"] = result.failsAlone;
  json["failing"] = failingJson(result, options);
  json["suspends"] = result.trips;
  json["oracle"] = {{"compared", result.oracleCompared}, {"in_full", result.oracleInFull}};
  json["not_compared"] = result.baseline.notCompared();
  Json left = Json::array();
  for (const StressCounts& counts : result.exercised) {
    for (const StressCounts::Left& each : counts.left) {
      left.push_back({{"thread", counts.thread},
                      {"import", each.import},
                      {"reason", obstacleText(each.obstacle)},
                      {"count", each.count}});
    }
  }
  json["left_alone"] = std::move(left);
  json["interventions"] = nullptr;
  if (result.onlyThere && result.everywhereElse) {
    json["interventions"] = {{"only_there", rowJson(*result.onlyThere)},
                             {"everywhere_else", rowJson(*result.everywhereElse)}};
  }
  json["positions"] = Json::array();
  for (const auto& [position, count] : result.positions) {
    json["positions"].push_back({{"position", position}, {"suspends", count}});
  }
  json["runs"] = Json::array();
  for (const SearchResult::Row& row : result.runs) json["runs"].push_back(rowJson(row));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace asyncscope::analyzer
