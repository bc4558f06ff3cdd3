// `asyncscope diagnose`: the verdict on a recorded run, and what other runs prove.
#include "analyzer/cli/diagnose.h"

#include <fmt/format.h>

#include <memory>

#include "analyzer/diagnosis.h"
#include "analyzer/report/json.h"
#include "analyzer/report/text.h"

namespace asyncscope::cli {

ExitCode diagnoseFiles(const DiagnoseOptions& options) {
  const auto diagnosed = loadAndDiagnose(options.load);
  if (!diagnosed) return kUnreadable;
  const analyzer::Run& run = diagnosed->loaded->run;
  const analyzer::Diagnosis& diagnosis = diagnosed->diagnosis;
  fmt::print("{}", options.json ? analyzer::jsonReport(run, diagnosis)
                                : analyzer::textReport(run, diagnosis, {.colour = wantsColour()}));
  return diagnosis.verdict ? kFindings : kNothingFound;
}

void addDiagnose(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<DiagnoseOptions>();
  CLI::App* verb = app.add_subcommand("diagnose", "The verdict on a recorded run");
  verb->add_option("TRACE", options->load.trace, "The trace to diagnose")->required();
  verb->add_option("MORE", options->load.failing,
                   "Traces of more runs that failed so, and summaries of many runs");
  verb->add_option("--pass", options->load.passing,
                   "Traces of runs that passed, and summaries of many runs")
      ->type_name("TRACE")
      ->expected(1, -1);
  verb->add_option("--symbols", options->load.symbols, "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Print JSON (docs/json.md) instead of text");
  verb->add_flag("--partial", options->load.partial, "Accept a trace whose end is cut");
  verb->footer("Example: asyncscope diagnose fail.atrace --pass ok.atrace");
  verb->callback([options, &exitCode] { exitCode = diagnoseFiles(*options); });
}

}  // namespace asyncscope::cli
