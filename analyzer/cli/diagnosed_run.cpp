#include "analyzer/cli/diagnosed_run.h"

#include "analyzer/cli/files.h"
#include "analyzer/cli/inputs.h"
#include "analyzer/cli/verb.h"

namespace asyncscope::cli {
namespace {

support::Result<std::unique_ptr<LoadedRun>> loadTrace(const LoadOptions& options,
                                                      const analyzer::Symbols& symbols) {
  auto bytes = readFile(options.trace);
  if (!bytes) return tl::unexpected(bytes.error());
  return loadRun(std::move(*bytes), options.trace, symbols, options.partial);
}

}  // namespace

std::optional<DiagnosedRun> loadAndDiagnose(const LoadOptions& options) {
  const auto symbols = loadSymbols(options.symbols);
  if (!symbols) {
    printError(options.symbols, symbols.error());
    return std::nullopt;
  }
  auto loaded = loadTrace(options, *symbols);
  if (!loaded) {
    printError(options.trace, loaded.error());
    return std::nullopt;
  }
  DiagnosedRun diagnosed{std::move(*loaded), {}};
  diagnosed.diagnosis = analyzer::diagnose(diagnosed.loaded->run);
  analyzer::Comparison comparison(diagnosed.loaded->run, diagnosed.diagnosis);
  const auto add = [&](const std::vector<std::string>& files, analyzer::Label label) {
    return readInputs(files, *symbols, options.partial,
                      {[&](const analyzer::Run& run) { comparison.add(run, label); },
                       [&](const analyzer::Summary& summary, const std::string& file) {
                         comparison.add(summary, file);
                       }});
  };
  if (!add(options.failing, analyzer::Label::Failing) ||
      !add(options.passing, analyzer::Label::Passing)) {
    return std::nullopt;
  }
  comparison.finish();
  return diagnosed;
}

}  // namespace asyncscope::cli
