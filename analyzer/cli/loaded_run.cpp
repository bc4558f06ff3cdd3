#include "analyzer/cli/loaded_run.h"

#include "analyzer/cli/files.h"
#include "analyzer/cli/verb.h"
#include "analyzer/cycles/cycle_builder.h"
#include "analyzer/symbols.h"
#include "tracer/record/trace_file.h"

namespace asyncscope::cli {
namespace {

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

std::vector<std::unique_ptr<LoadedRun>> loadRuns(const LoadOptions& options) {
  const auto symbols = loadSymbols(options.symbols);
  if (!symbols) {
    printError(options.symbols, symbols.error());
    return {};
  }
  std::vector<std::string> paths{options.trace};
  paths.insert(paths.end(), options.passing.begin(), options.passing.end());
  std::vector<std::unique_ptr<LoadedRun>> runs;
  for (const std::string& path : paths) {
    auto run = load(path, *symbols, options.partial);
    if (!run) {
      printError(path, run.error());
      return {};
    }
    runs.push_back(std::move(*run));
  }
  return runs;
}

std::vector<const analyzer::Run*> passingOf(const std::vector<std::unique_ptr<LoadedRun>>& runs) {
  std::vector<const analyzer::Run*> passing;
  for (std::size_t i = 1; i < runs.size(); ++i) passing.push_back(&runs[i]->run);
  return passing;
}

}  // namespace asyncscope::cli
