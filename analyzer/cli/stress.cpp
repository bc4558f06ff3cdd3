// `asyncscope stress`: forces suspends everywhere, and finds the fewest that make the program fail.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "analyzer/cli/diagnosed_run.h"
#include "analyzer/cli/files.h"
#include "analyzer/cli/interrupt.h"
#include "analyzer/cli/launch.h"
#include "analyzer/cli/progress.h"
#include "analyzer/cli/temporary_folder.h"
#include "analyzer/cli/verb.h"
#include "analyzer/report/json.h"
#include "analyzer/report/sentence.h"
#include "analyzer/report/text.h"
#include "analyzer/stress/report.h"
#include "analyzer/stress/search.h"
#include "support/shell.h"

namespace asyncscope::cli {
namespace {

using analyzer::Trial;

struct StressOptions {
  std::vector<std::string> command;
  analyzer::SearchOptions search;
  std::string oracle = "on";
  std::string symbols;
  std::uint32_t timeout = 120;  // seconds, for each run
  bool json = false;
};

std::string fateOf(const Ended& ended, std::uint32_t timeout) {
  if (ended.timedOut) return fmt::format("no end after {} s", timeout);
  if (ended.code) return fmt::format("exit code {}", *ended.code);
  return fmt::format("signal SIG{}", sigabbrev_np(ended.signal));
}

void noteCycles(const analyzer::Run& run, Trial& trial) {
  for (const analyzer::Cycle& cycle : run.cycles) {
    ++trial.cycles;
    trial.completed += cycle.completed() ? 1 : 0;
    if (cycle.forced) trial.forced.push_back(cycle.opportunity);
    trial.oracleCompared += cycle.oracle == analyzer::OracleLook::None ? 0 : 1;
    trial.oracleInFull += cycle.oracle == analyzer::OracleLook::Full ? 1 : 0;
    if (cycle.completed() && cycle.suspendedAt) {
      const analyzer::Mark& mark = *cycle.suspendedAt;
      ++trial.positions[fmt::format("{}:{} {} bytecode {}", mark.file, mark.line, mark.code,
                                    mark.offset)];
    }
  }
  std::sort(trial.forced.begin(), trial.forced.end());
  trial.forced.erase(std::unique(trial.forced.begin(), trial.forced.end()), trial.forced.end());
}

class Runner {
 public:
  Runner(const StressOptions& options, std::string folder)
      : options_(options), folder_(std::move(folder)) {}

  support::Result<Trial> run(const std::string& schedule) {
    progress(fmt::format("run {}: {}", ++runs_, schedule));
    LaunchOptions launching;
    launching.command = options_.command;
    launching.trace = folder_ + "/run.atrace";
    launching.stress = schedule;
    launching.capture = folder_;
    launching.timeout = options_.timeout;
    const auto ended = launch(launching);
    if (!ended) return tl::unexpected(ended.error());
    if (!ended->code && ended->signal == SIGINT) noteInterrupt();
    Trial trial;
    trial.schedule = schedule;
    trial.fate = fateOf(*ended, options_.timeout);
    trial.output = textOf(folder_ + "/stdout");
    trial.errors = textOf(folder_ + "/stderr");
    if (auto read = readTrace(trial); !read) return tl::unexpected(read.error());
    return trial;
  }

 private:
  support::Result<void> readTrace(Trial& trial) {
    LoadOptions load;
    load.trace = traceWithModules(folder_ + "/run.atrace");
    load.symbols = options_.symbols;
    load.partial = true;  // a run that was stopped may have written its last chunk in part
    const auto diagnosed = loadAndDiagnose(load);
    if (!diagnosed) return support::fail("the trace of a run could not be read");
    const analyzer::Run& run = diagnosed->loaded->run;
    const analyzer::Diagnosis& diagnosis = diagnosed->diagnosis;
    trial.outcome = run.outcome;
    trial.outcomeText = run.outcomeText;
    trial.counts = run.stress;
    trial.verdict = diagnosis.verdict;
    trial.sentence = analyzer::verdictSentence(run, diagnosis);
    trial.report = options_.json ? analyzer::jsonReport(run, diagnosis)
                                 : analyzer::textReport(run, diagnosis, {.colour = wantsColour()});
    noteCycles(run, trial);
    if (trial.verdict && trial.verdict->cycle != 0) {
      trial.verdictOpportunity = run.cycles[trial.verdict->cycle - 1].opportunity;
    }
    return {};
  }

  const StressOptions& options_;
  std::string folder_;
  std::size_t runs_ = 0;
};

ExitCode stress(StressOptions options) {
  const TemporaryFolder folder;
  if (folder.path().empty()) {
    printError("the folder for temporary files", {"cannot be written", std::nullopt, "set TMPDIR"});
    return kNotRun;
  }
  options.search.suffix = options.oracle == "off" ? "" : "+oracle=" + options.oracle;
  const CatchInterrupt catching;
  Runner runner(options, folder.path());
  const auto result = analyzer::search(
      options.search, [&](const std::string& schedule) { return runner.run(schedule); },
      interrupted);
  progress("");
  if (!result) {
    printError(options.command.front(), result.error());
    return kNotRun;
  }
  const analyzer::StressReportOptions report{.command = support::shellLine(options.command),
                                             .colour = wantsColour()};
  fmt::print("{}", options.json ? analyzer::stressJson(*result, report)
                                : analyzer::stressText(*result, report));
  return result->failing ? kFindings : kNothingFound;
}

}  // namespace

void addStress(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<StressOptions>();
  CLI::App* verb = app.add_subcommand(
      "stress", "Force suspends everywhere; the fewest that make the program fail");
  verb->add_option("--schedule", options->search.schedule,
                   "Try this one only: every, nth:N, random:SEED:P, window:A-B, list:N,N,..., "
                   "sites:FUNC@OFFSET,..., except:... (docs/stress.md)")
      ->type_name("SCHEDULE")
      ->check(validSchedule);
  verb->add_option("--runs", options->search.randomRuns,
                   "Runs with random suspends, when those at every opportunity found nothing")
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--oracle", options->oracle, "What is compared around each suspend")
      ->type_name("off|on|full")
      ->check(CLI::IsMember({"off", "on", "full"}).description(""))
      ->capture_default_str();
  verb->add_option("--timeout", options->timeout, "Seconds after which a run is stopped")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--symbols", options->symbols, "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Print JSON (docs/stress.md) instead of text");
  verb->add_option("COMMAND", options->command, "The program and its arguments, after `--`")
      ->required();
  verb->footer(
      "The program is run many times; its output is compared and not shown.\n"
      "Example: asyncscope stress -- node app.js");
  verb->callback([options, &exitCode] { exitCode = stress(*options); });
}

}  // namespace asyncscope::cli
