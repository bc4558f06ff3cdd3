// `asyncscope coverage`: which sites that may suspend were on the stack of a completed cycle.
#include "analyzer/coverage/coverage.h"

#include <fmt/format.h>

#include <memory>

#include "analyzer/cli/inputs.h"
#include "analyzer/cli/verb.h"

namespace asyncscope::cli {
namespace {

struct CoverageOptions {
  InputOptions inputs;
  double failUnder = 0;
  bool json = false, rows = false, all = false;
};

ExitCode cover(const CoverageOptions& options) {
  analyzer::Summary summary;
  if (!addInputs(options.inputs, summary)) return kUnreadable;
  const analyzer::Coverage coverage = analyzer::coverageOf(summary);
  fmt::print("{}", options.json   ? analyzer::coverageJson(coverage)
                   : options.rows ? analyzer::coverageRows(coverage)
                                  : analyzer::coverageText(
                                        coverage, {.colour = wantsColour(), .all = options.all}));
  if (coverage.counts.percent() >= options.failUnder) return kNothingFound;
  fmt::print(stderr, "asyncscope: coverage is {:.2f} %, under the {} % that were asked for\n",
             coverage.counts.percent(), options.failUnder);
  return kFindings;
}

}  // namespace

void addCoverage(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<CoverageOptions>();
  CLI::App* verb = app.add_subcommand("coverage", "Which sites have been suspended through");
  verb->add_option("FILE", options->inputs.files, "Traces, and summaries that `merge` wrote")
      ->required();
  verb->add_option("--fail-under", options->failUnder,
                   "Exit with 1 where less of the sites was exercised")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, 100.0));
  verb->add_option("--symbols", options->inputs.symbols, "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_flag("--all", options->all, "Every row of every table");
  CLI::Option* json = verb->add_flag("--json", options->json, "Print JSON (docs/coverage.md)");
  verb->add_flag("--jsonl", options->rows, "Print one flat JSON object a site")->excludes(json);
  verb->add_flag("--partial", options->inputs.partial, "Accept a trace whose end is cut");
  verb->footer("Example: asyncscope coverage run.atrace fleet.summary.json --fail-under 80");
  verb->callback([options, &exitCode] { exitCode = cover(*options); });
}

}  // namespace asyncscope::cli
