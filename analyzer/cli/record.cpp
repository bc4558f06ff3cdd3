// `asyncscope record`: runs a program under the tracer and leaves a trace.
#include <signal.h>

#include <fmt/format.h>

#include <memory>

#include "analyzer/cli/globals_option.h"
#include "analyzer/cli/launch.h"
#include "analyzer/cli/verb.h"

namespace asyncscope::cli {
namespace {

// The program's fate is ours, so that whoever waits for us sees what it would have seen.
int shareFate(const Ended& ended) {
  if (ended.code) return *ended.code;
  signal(ended.signal, SIG_DFL);
  raise(ended.signal);
  return 128 + ended.signal;  // a signal that does not end us (none of those that end a program)
}

}  // namespace

void addRecord(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<LaunchOptions>();
  options->trace = "run.atrace";
  CLI::App* verb = app.add_subcommand("record", "Run a program under the tracer");
  verb->add_option("-o,--output", options->trace, "Where the trace goes")
      ->type_name("TRACE")
      ->capture_default_str();
  verb->add_option(
          "--stress", options->stress,
          "Force suspends: every, nth:N, random:SEED:P, window:A-B, list:N,N,... (docs/stress.md)")
      ->type_name("SCHEDULE")
      ->check(validSchedule);
  addGlobalsOption(*verb, options->globals);
  verb->add_option("COMMAND", options->command, "The program and its arguments, after `--`")
      ->required();
  verb->footer(
      "The program's output and exit code are left as they are.\n"
      "Example: asyncscope record -o fail.atrace -- node app.js");
  verb->callback([options, &exitCode] {
    const auto ended = launch(*options);
    if (!ended) {
      printError(options->command.front(), ended.error());
      exitCode = kNotRun;
      return;
    }
    exitCode = shareFate(*ended);
  });
}

}  // namespace asyncscope::cli
