// The `asyncscope` command: one verb per file, parsed by CLI11.
#include <unistd.h>

#include <fmt/format.h>
#include <cstdio>
#include <cstdlib>

#include "analyzer/cli/verb.h"
#include "analyzer/stress/schedule.h"
#include "support/text.h"

namespace asyncscope::cli {

void printError(const std::string& file, const support::Error& error) {
  std::string line = fmt::format("asyncscope: {}: {}", support::escaped(file), error.message);
  if (error.offset) line += fmt::format(", at offset {} ({:#x})", *error.offset, *error.offset);
  if (!error.hint.empty()) line += "; " + error.hint;
  fmt::print(stderr, "{}\n", line);
}

std::string validSchedule(const std::string& text) {
  const auto checked = analyzer::checkSchedule(text);
  return checked ? "" : checked.error().message + "; " + checked.error().hint;
}

bool wantsColour() {
  const char* noColour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (noColour == nullptr || *noColour == '\0');
}

}  // namespace asyncscope::cli

int main(int argc, char** argv) {
  using namespace asyncscope::cli;
  CLI::App app("Finds out why a program built with ASYNCIFY breaks.", "asyncscope");
  app.require_subcommand(1);
  app.set_version_flag("--version", ASYNCSCOPE_VERSION);
  app.footer(
      "Exit codes: 0 nothing found, 1 findings, 2 usage, 3 unreadable input, 4 the program could "
      "not be run.\nExample: asyncscope run -- node app.js");
  int exitCode = kNothingFound;
  addRun(app, exitCode);
  addRecord(app, exitCode);
  addAttach(app, exitCode);
  addDiagnose(app, exitCode);
  addExplain(app, exitCode);
  addReport(app, exitCode);
  addExport(app, exitCode);
  addCoverage(app, exitCode);
  addMerge(app, exitCode);
  addCorrelate(app, exitCode);
  addInstrument(app, exitCode);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 prints help and version itself and calls that a success.
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "asyncscope: {}\n", error.what());
    fmt::print(stderr,
               "Run `asyncscope --help`, or `asyncscope VERB --help`, for what it takes.\n");
    return kUsage;
  }
  return exitCode;
}
