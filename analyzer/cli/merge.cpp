// `asyncscope merge`: traces and summaries of many runs into one summary.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "analyzer/cli/files.h"
#include "analyzer/cli/inputs.h"
#include "analyzer/cli/verb.h"
#include "analyzer/summary/summary_json.h"
#include "support/text.h"

namespace asyncscope::cli {
namespace {

struct MergeOptions {
  InputOptions inputs;
  std::string label;  // "pass", "fail", or empty
  std::string output;
  bool json = false;
};

void printResult(const MergeOptions& options, const analyzer::Summary& summary, std::size_t bytes) {
  const analyzer::RunCounts& runs = summary.runs;
  if (options.json) {
    const nlohmann::ordered_json json{
        {"schema", 1},
        {"summary", options.output},
        {"bytes", bytes},
        {"runs", {{"failing", runs.failing}, {"passing", runs.passing}, {"other", runs.other}}},
        {"modules", summary.modules.size()}};
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return;
  }
  fmt::print("{} run{} ({} failing, {} passing, {} other) of {} module{} are in {} ({} KB).\n",
             runs.all(), runs.all() == 1 ? "" : "s", runs.failing, runs.passing, runs.other,
             summary.modules.size(), summary.modules.size() == 1 ? "" : "s",
             support::escaped(options.output), (bytes + 1023) / 1024);
}

ExitCode mergeFiles(MergeOptions options) {
  if (options.label == "pass") options.inputs.label = analyzer::Label::Passing;
  if (options.label == "fail") options.inputs.label = analyzer::Label::Failing;
  analyzer::Summary summary;
  if (!addInputs(options.inputs, summary)) return kUnreadable;
  const std::string text = analyzer::writeSummary(summary);
  const auto written =
      writeFile(options.output, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  if (!written) {
    printError(options.output, written.error());
    return kUsage;
  }
  printResult(options, summary, text.size());
  return kNothingFound;
}

}  // namespace

void addMerge(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App* verb = app.add_subcommand("merge", "Many runs into one summary");
  verb->add_option("FILE", options->inputs.files, "Traces, and summaries that `merge` wrote")
      ->required();
  verb->add_option("-o,--output", options->output, "The summary to write")
      ->type_name("SUMMARY")
      ->required();
  verb->add_option("--as", options->label,
                   "Take the traces for runs that `pass` or `fail`, whatever their exit code")
      ->type_name("LABEL")
      ->check(CLI::IsMember({"pass", "fail"}));
  verb->add_option("--symbols", options->inputs.symbols, "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Print what was written as JSON");
  verb->add_flag("--partial", options->inputs.partial, "Accept a trace whose end is cut");
  verb->footer(
      "The order of merging does not matter, nor does what was merged before.\n"
      "Example: asyncscope merge *.atrace monday.summary.json -o all.summary.json");
  verb->callback([options, &exitCode] { exitCode = mergeFiles(*options); });
}

}  // namespace asyncscope::cli
