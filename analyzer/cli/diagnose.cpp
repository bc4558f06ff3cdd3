// `asyncscope diagnose`: the verdict on a recorded run, and what other runs prove.
#include "analyzer/cli/diagnose.h"

#include <fmt/format.h>

#include <memory>

#include "analyzer/cli/files.h"
#include "analyzer/cycles/cycle_builder.h"
#include "analyzer/diagnosis.h"
#include "analyzer/report/json.h"
#include "analyzer/report/text.h"
#include "analyzer/symbols.h"
#include "tracer/record/trace_file.h"

namespace asyncscope::cli {
namespace {

// A run points into its trace, and the trace into the file's bytes: they live together.
struct LoadedRun {
  std::vector<std::uint8_t> bytes;
  record::Trace trace;
  analyzer::Run run;
};

support::Result<std::unique_ptr<LoadedRun>> load(const std::string& path,
                                                 const analyzer::Symbols& symbols, bool partial) {
  auto loaded = std::make_unique<LoadedRun>();
  auto bytes = readFile(path);
  if (!bytes) return tl::unexpected(bytes.error());
  loaded->bytes = std::move(*bytes);
  auto trace = record::readTrace(loaded->bytes, {.allowPartial = partial});
  if (!trace) return tl::unexpected(trace.error());
  loaded->trace = std::move(*trace);
  analyzer::applySymbols(symbols, loaded->trace);
  loaded->run = analyzer::buildRun(loaded->trace, path);
  return loaded;
}

support::Result<analyzer::Symbols> loadSymbols(const std::string& path) {
  if (path.empty()) return analyzer::Symbols{};
  const auto bytes = readFile(path);
  if (!bytes) return tl::unexpected(bytes.error());
  return analyzer::readSymbolMap({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

}  // namespace

ExitCode diagnoseFiles(const DiagnoseOptions& options) {
  const auto symbols = loadSymbols(options.symbols);
  if (!symbols) {
    printError(options.symbols, symbols.error());
    return kUnreadable;
  }
  std::vector<std::unique_ptr<LoadedRun>> loaded;
  std::vector<std::string> paths{options.trace};
  paths.insert(paths.end(), options.passing.begin(), options.passing.end());
  for (const std::string& path : paths) {
    auto one = load(path, *symbols, options.partial);
    if (!one) {
      printError(path, one.error());
      return kUnreadable;
    }
    loaded.push_back(std::move(*one));
  }
  std::vector<const analyzer::Run*> passing;
  for (std::size_t i = 1; i < loaded.size(); ++i) passing.push_back(&loaded[i]->run);
  const analyzer::Run& run = loaded.front()->run;
  const analyzer::Diagnosis diagnosis = analyzer::diagnose(run, passing);
  fmt::print("{}", options.json ? analyzer::jsonReport(run, diagnosis)
                                : analyzer::textReport(run, diagnosis, {.colour = wantsColour()}));
  return diagnosis.verdict ? kFindings : kNothingFound;
}

void addDiagnose(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<DiagnoseOptions>();
  CLI::App* verb = app.add_subcommand("diagnose", "The verdict on a recorded run");
  verb->add_option("TRACE", options->trace, "The trace to diagnose")->required();
  verb->add_option("--pass", options->passing, "A trace of a run that passed; may be repeated")
      ->type_name("TRACE")
      ->expected(1, -1);
  verb->add_option("--symbols", options->symbols, "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Print JSON (docs/json.md) instead of text");
  verb->add_flag("--partial", options->partial, "Accept a trace whose end is cut");
  verb->footer("Example: asyncscope diagnose fail.atrace --pass ok.atrace");
  verb->callback([options, &exitCode] { exitCode = diagnoseFiles(*options); });
}

}  // namespace asyncscope::cli
