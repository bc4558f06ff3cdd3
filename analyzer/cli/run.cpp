// `asyncscope run`: records a program and prints the verdict when it ends.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "analyzer/cli/diagnose.h"
#include "analyzer/cli/globals_option.h"
#include "analyzer/cli/launch.h"
#include "analyzer/cli/temporary_folder.h"
#include "analyzer/cli/verb.h"

namespace asyncscope::cli {
namespace {

struct RunOptions {
  LaunchOptions launch;
  DiagnoseOptions diagnose;
};

ExitCode runAndDiagnose(RunOptions options) {
  const TemporaryFolder folder;
  if (options.launch.trace.empty()) {
    if (folder.path().empty()) {
      printError("the folder for temporary files",
                 {"cannot be written", std::nullopt, "set TMPDIR, or keep the trace with -o"});
      return kNotRun;
    }
    options.launch.trace = folder.path() + "/run.atrace";
  }
  options.launch.outputToError = options.diagnose.json;
  const auto ended = launch(options.launch);
  if (!ended) {
    printError(options.launch.command.front(), ended.error());
    return kNotRun;
  }
  std::fflush(stdout);
  options.diagnose.load.trace = traceWithModules(options.launch.trace);
  return diagnoseFiles(options.diagnose);
}

}  // namespace

void addRun(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* verb = app.add_subcommand("run", "Run a program and print the verdict when it ends");
  verb->add_option("-o,--output", options->launch.trace, "Keep the trace in this file")
      ->type_name("TRACE");
  verb->add_option("--pass", options->diagnose.load.passing, "A trace of a run that passed")
      ->type_name("TRACE");
  verb->add_option("--symbols", options->diagnose.load.symbols,
                   "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  addGlobalsOption(*verb, options->launch.globals);
  verb->add_flag("--json", options->diagnose.json,
                 "Print JSON (docs/json.md); the program's own output goes to standard error");
  verb->add_option("COMMAND", options->launch.command, "The program and its arguments, after `--`")
      ->required();
  verb->footer("Example: asyncscope run -- node app.js");
  verb->callback([options, &exitCode] { exitCode = runAndDiagnose(*options); });
}

}  // namespace asyncscope::cli
