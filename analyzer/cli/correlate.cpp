// `asyncscope correlate`: what the failing of many runs have that the passing ones have not.
#include <fmt/format.h>

#include <memory>

#include "analyzer/cli/inputs.h"
#include "analyzer/cli/verb.h"
#include "analyzer/correlate/correlation.h"

namespace asyncscope::cli {
namespace {

struct CorrelateOptions {
  InputOptions inputs;
  std::vector<std::string> failing, passing;  // traces whose outcome is known better
  std::size_t rows = 20;
  bool json = false;
};

ExitCode correlate(const CorrelateOptions& options) {
  analyzer::Summary summary;
  InputOptions labelled = options.inputs;
  const auto add = [&](const std::vector<std::string>& files,
                       std::optional<analyzer::Label> label) {
    labelled.files = files;
    labelled.label = label;
    return addInputs(labelled, summary);
  };
  if (!add(options.inputs.files, std::nullopt) || !add(options.failing, analyzer::Label::Failing) ||
      !add(options.passing, analyzer::Label::Passing)) {
    return kUnreadable;
  }
  fmt::print("{}", options.json ? analyzer::correlationJson(summary)
                                : analyzer::correlationText(
                                      summary, {.colour = wantsColour(), .rows = options.rows}));
  return analyzer::findEdge(summary, std::nullopt).predicate ? kFindings : kNothingFound;
}

}  // namespace

void addCorrelate(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<CorrelateOptions>();
  CLI::App* verb =
      app.add_subcommand("correlate", "What failing runs have that passing ones have not");
  verb->add_option("FILE", options->inputs.files,
                   "Traces, by their exit codes, and summaries that `merge` wrote");
  verb->add_option("--fail", options->failing,
                   "Traces of runs that failed, whatever they ended with")
      ->type_name("TRACE")
      ->expected(1, -1);
  verb->add_option("--pass", options->passing,
                   "Traces of runs that passed, whatever they ended with")
      ->type_name("TRACE")
      ->expected(1, -1);
  verb->add_option("--top", options->rows, "Rows of the ranking; default: 20")->type_name("N");
  verb->add_option("--symbols", options->inputs.symbols, "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Print JSON (docs/coverage.md) instead of text");
  verb->add_flag("--partial", options->inputs.partial, "Accept a trace whose end is cut");
  verb->footer(
      "Exit code 1 means that something tells them apart.\n"
      "Example: asyncscope correlate --fail bad.atrace --pass ok.atrace fleet.summary.json");
  verb->callback([options, &exitCode] {
    if (options->inputs.files.empty() && options->failing.empty() && options->passing.empty()) {
      throw CLI::RequiredError("FILE, --fail or --pass");
    }
    exitCode = correlate(*options);
  });
}

}  // namespace asyncscope::cli
