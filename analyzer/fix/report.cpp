#include "analyzer/fix/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzer/fix/sentence.h"
#include "support/text.h"

namespace asyncscope::analyzer {
namespace {

using Ending = FixResult::Ending;
using Json = nlohmann::ordered_json;

constexpr std::size_t kSitesShown = 12;

std::string safe(const std::string& text) { return support::escaped(text); }

std::string percent(std::uint64_t bytes, std::uint64_t base) {
  return fmt::format("{:+.3f} %", 100.0 * (double(bytes) - double(base)) / double(base));
}

bool isAnswer(const FixResult& result) {
  return result.ending == Ending::Mended || result.ending == Ending::NothingToMend;
}

std::string flagsText(const FixReportOptions& options) {
  if (options.emccFlags.empty()) return "";
  std::string text = "\nFlags, in place of those lists in the build\n";
  text += fmt::format("  emcc      {}\n", fmt::join(options.emccFlags, " "));
  if (!options.wasmOptFlags.empty()) {
    text += fmt::format("  wasm-opt  {}\n", fmt::join(options.wasmOptFlags, " "));
  }
  if (!options.responseFile.empty()) {
    text += fmt::format("  as a file @{}\n", options.responseFile);
  }
  return text;
}

std::string figuresText(const FixReportOptions& options) {
  if (options.builds.empty()) return "";
  const std::uint64_t base = options.builds.front().moduleBytes;
  std::string text = fmt::format("\nBeside the other builds\n  {:<20}  {:>12}  {:>10}  {:>10}\n",
                                 "build", "bytes", "size", "time");
  for (const BuildFigures& build : options.builds) {
    std::string line = fmt::format(
        "  {:<20}  {:>12}  {:>10}  {:>10}  {}", build.name,
        build.moduleBytes == 0 ? "-" : std::to_string(build.moduleBytes),
        build.moduleBytes == 0 || base == 0 ? "-" : percent(build.moduleBytes, base),
        build.seconds ? fmt::format("{:.2f} s", *build.seconds) : "-", safe(build.remark));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  if (!options.buildsNote.empty()) text += "  size: " + options.buildsNote + "\n";
  return text +
         "  time: processor time of all runs, without the tool and without forced suspends\n";
}

std::string outcomeText(const Tried& tried) {
  if (!tried.buildError.empty()) return "does not build";
  const auto failing =
      std::find_if(tried.runs.begin(), tried.runs.end(), [](auto& run) { return !run.passed; });
  if (failing == tried.runs.end()) {
    return fmt::format("passes, {} cycles completed", tried.completed());
  }
  const auto count =
      std::count_if(tried.runs.begin(), tried.runs.end(), [](auto& run) { return !run.passed; });
  return fmt::format("{} of {} runs {}: {}", count, tried.runs.size(),
                     count == 1 ? "fails" : "fail", safe(failing->why));
}

std::string stepsText(const FixResult& result) {
  std::string text = "\nWhat was tried\n";
  const Lists* before = nullptr;
  for (const FixStep& step : result.steps) {
    std::string name = "as it was";
    if (step.purpose == FixStep::Purpose::LeaveOut) {
      name = "without " + safe(step.leftOut);
    } else if (before != nullptr) {
      std::vector<std::string> added;
      for (const std::string& function : step.lists.functions) {
        if (std::find(before->functions.begin(), before->functions.end(), function) ==
            before->functions.end()) {
          added.push_back(safe(function));
        }
      }
      for (const std::string& import : step.lists.imports) {
        if (std::find(before->imports.begin(), before->imports.end(), import) ==
            before->imports.end()) {
          added.push_back("import " + safe(import));
        }
      }
      if (step.lists.bufferSize != before->bufferSize) {
        added.push_back(fmt::format("a buffer of {}", step.lists.bufferSize));
      }
      name = fmt::format("with {}", fmt::join(added, ", "));
    }
    if (step.purpose == FixStep::Purpose::Grow) before = &step.lists;
    text += fmt::format("  {}: {}\n", name, outcomeText(step.tried));
    if (!step.tried.buildError.empty()) {
      text += fmt::format("    {}\n", safe(step.tried.buildError));
    }
  }
  return text;
}

std::string beyondText(const Tried& tried) {
  if (tried.beyondFlags.empty()) return "";
  std::string text = "\nWhat no flag mends\n";
  for (const std::string& finding : tried.beyondFlags) text += "  " + safe(finding) + "\n";
  return text;
}

std::string verifiedText(const FixResult& result) {
  std::string text = "\nVerified, with a suspend at every opportunity\n";
  for (const TriedRun& run : result.tried.runs) {
    text += fmt::format("  {} of {} cycles completed, exit code 0, nothing found: {}{}\n",
                        run.completed, run.cycles, safe(run.command),
                        run.caveat.empty() ? "" : " (" + safe(run.caveat) + ")");
  }
  return text;
}

std::string riskText(const Exercised& exercised) {
  if (exercised.neverCount == 0) {
    return exercised.sites == 0
               ? ""
               : fmt::format(
                     "\nNothing is left unexercised: all {} sites that may suspend were on "
                     "the stack of a completed cycle\n",
                     exercised.sites);
  }
  std::string text = fmt::format(
      "\nNot shown: {} of {} sites that may suspend were on the stack of no completed cycle, {} of "
      "them unguarded. Whether one of those can suspend, no run has shown: this risk stays.\n",
      exercised.neverCount, exercised.sites, exercised.neverUnguarded);
  const std::size_t shown = std::min(kSitesShown, exercised.never.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const UnexercisedSite& site = exercised.never[i];
    text += fmt::format("  {}{}, {}\n", site.guarded ? "" : "unguarded: ", safe(site.function),
                        site.site);
  }
  if (exercised.neverCount > shown) {
    text += fmt::format("  … {} more{}\n", exercised.neverCount - shown,
                        exercised.never.size() > shown ? "; --json names them" : "");
  }
  return text;
}

Json toJson(const Lists& lists) {
  return {{"functions", lists.functions},
          {"imports", lists.imports},
          {"buffer_size", lists.bufferSize == 0 ? Json(nullptr) : Json(lists.bufferSize)}};
}

Json runsJson(const Tried& tried) {
  Json runs = Json::array();
  for (const TriedRun& run : tried.runs) {
    runs.push_back({{"command", run.command},
                    {"passed", run.passed},
                    {"why", run.why.empty() ? Json(nullptr) : Json(run.why)},
                    {"code", run.code.empty() ? Json(nullptr) : Json(run.code)},
                    {"caveat", run.caveat.empty() ? Json(nullptr) : Json(run.caveat)},
                    {"cycles", run.cycles},
                    {"cycles_completed", run.completed}});
  }
  return runs;
}

Json stepsJson(const FixResult& result) {
  Json steps = Json::array();
  for (const FixStep& step : result.steps) {
    steps.push_back({{"left_out", step.purpose == FixStep::Purpose::LeaveOut ? Json(step.leftOut)
                                                                             : Json(nullptr)},
                     {"lists", toJson(step.lists)},
                     {"passed", step.tried.passed()},
                     {"build_error",
                      step.tried.buildError.empty() ? Json(nullptr) : Json(step.tried.buildError)},
                     {"runs", runsJson(step.tried)}});
  }
  return steps;
}

Json buildsJson(const FixReportOptions& options) {
  Json builds = Json::array();
  for (const BuildFigures& build : options.builds) {
    builds.push_back({{"name", build.name},
                      {"bytes", build.moduleBytes == 0 ? Json(nullptr) : Json(build.moduleBytes)},
                      {"seconds", build.seconds ? Json(*build.seconds) : Json(nullptr)},
                      {"remark", build.remark.empty() ? Json(nullptr) : Json(build.remark)}});
  }
  return builds;
}

Json exercisedJson(const Exercised& exercised) {
  Json never = Json::array();
  for (const UnexercisedSite& site : exercised.never) {
    never.push_back({{"function", site.function}, {"site", site.site}, {"guarded", site.guarded}});
  }
  return {{"sites", exercised.sites},
          {"exercised", exercised.exercised},
          {"never", exercised.neverCount},
          {"never_unguarded", exercised.neverUnguarded},
          {"named", std::move(never)}};
}

}  // namespace

std::string fixText(const FixResult& result, const FixReportOptions& options) {
  const std::string sentence = fixSentence(result);
  std::string text = options.colour ? "\x1b[1m" + sentence + "\x1b[0m\n" : sentence + "\n";
  if (isAnswer(result)) {
    text += flagsText(options);
    if (!options.output.empty()) text += "  module    " + safe(options.output) + "\n";
    text += figuresText(options);
  }
  text += beyondText(result.tried);
  text += stepsText(result);
  if (!result.notNeeded.empty()) {
    std::vector<std::string> names;
    for (const std::string& name : result.notNeeded) names.push_back(safe(name));
    text += fmt::format("  not needed, and left out: {}\n", fmt::join(names, ", "));
  }
  if (options.resumed != 0) {
    text += fmt::format("  {} of these were taken from the interrupted search before\n",
                        options.resumed);
  }
  if (isAnswer(result)) text += verifiedText(result) + riskText(result.tried.exercised);
  return text;
}

std::string fixJson(const FixResult& result, const FixReportOptions& options) {
  const Json json = {
      {"schema", 1},
      {"result", endingName(result.ending)},
      {"sentence", fixSentence(result)},
      {"lists", toJson(result.lists)},
      {"flags", options.emccFlags},
      {"wasm_opt_flags", options.wasmOptFlags},
      {"response_file", options.responseFile.empty() ? Json(nullptr) : Json(options.responseFile)},
      {"verified", isAnswer(result)},
      {"minimal", result.minimal},
      {"not_needed", result.notNeeded},
      {"runs", runsJson(result.tried)},
      {"cycles_completed", result.tried.completed()},
      {"exercised", exercisedJson(result.tried.exercised)},
      {"beyond_flags", result.tried.beyondFlags},
      {"builds", buildsJson(options)},
      {"builds_note", options.buildsNote.empty() ? Json(nullptr) : Json(options.buildsNote)},
      {"steps", stepsJson(result)},
      {"resumed", options.resumed}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace asyncscope::analyzer
