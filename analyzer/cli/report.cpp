// `asyncscope report`: a recorded run as one HTML file.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "analyzer/cli/diagnosed_run.h"
#include "analyzer/cli/files.h"
#include "analyzer/cli/verb.h"
#include "analyzer/html/page.h"
#include "analyzer/report/sentence.h"
#include "support/text.h"

namespace asyncscope::cli {
namespace {

struct ReportOptions {
  LoadOptions load;
  std::string output = "report.html";
  bool json = false;
};

void printSummary(const ReportOptions& options, const std::string& sentence, std::size_t bytes) {
  if (options.json) {
    const nlohmann::ordered_json json{
        {"schema", 1}, {"report", options.output}, {"bytes", bytes}, {"sentence", sentence}};
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}\nThe report is in {} ({} KB).\n", support::escaped(sentence),
               support::escaped(options.output), (bytes + 1023) / 1024);
  }
}

ExitCode report(const ReportOptions& options) {
  const auto diagnosed = loadAndDiagnose(options.load);
  if (!diagnosed) return kUnreadable;
  const LoadedRun& first = *diagnosed->loaded;
  const analyzer::Diagnosis& diagnosis = diagnosed->diagnosis;
  const std::string page =
      html::reportPage({first.trace, first.run, diagnosis, ASYNCSCOPE_VERSION});
  const auto written =
      writeFile(options.output, {reinterpret_cast<const std::uint8_t*>(page.data()), page.size()});
  if (!written) {
    printError(options.output, written.error());
    return kUsage;
  }
  printSummary(options, analyzer::verdictSentence(first.run, diagnosis), page.size());
  return kNothingFound;
}

}  // namespace

void addReport(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* verb = app.add_subcommand("report", "A recorded run as a page to look at");
  verb->add_option("TRACE", options->load.trace, "The trace to show")->required();
  verb->add_option("--pass", options->load.passing,
                   "Traces of runs that passed, and summaries of many runs")
      ->type_name("TRACE")
      ->expected(1, -1);
  verb->add_option("-o,--output", options->output, "The page; default: report.html")
      ->type_name("FILE");
  verb->add_option("--symbols", options->load.symbols, "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Print what was written as JSON");
  verb->add_flag("--partial", options->load.partial, "Accept a trace whose end is cut");
  verb->footer(
      "Exit code 0 means that the page was written, whatever it shows.\n"
      "Example: asyncscope report fail.atrace --pass ok.atrace -o report.html");
  verb->callback([options, &exitCode] { exitCode = report(*options); });
}

}  // namespace asyncscope::cli
