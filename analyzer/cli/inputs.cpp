#include "analyzer/cli/inputs.h"

#include "analyzer/cli/files.h"
#include "analyzer/cli/loaded_run.h"
#include "analyzer/cli/verb.h"
#include "analyzer/diagnosis.h"
#include "analyzer/summary/summarise.h"
#include "analyzer/summary/summary_json.h"

namespace asyncscope::cli {
namespace {

support::Result<void> readInput(const std::string& path, const analyzer::Symbols& symbols,
                                bool partial, const InputHandlers& handlers) {
  auto bytes = readFile(path);
  if (!bytes) return tl::unexpected(bytes.error());
  const std::string_view text{reinterpret_cast<const char*>(bytes->data()), bytes->size()};
  if (analyzer::looksLikeSummary(text)) {
    const auto summary = analyzer::readSummary(text);
    if (!summary) return tl::unexpected(summary.error());
    handlers.summary(*summary, path);
    return {};
  }
  const auto loaded = loadRun(std::move(*bytes), path, symbols, partial);
  if (!loaded) return tl::unexpected(loaded.error());
  handlers.run((*loaded)->run);
  return {};
}

}  // namespace

bool readInputs(const std::vector<std::string>& files, const analyzer::Symbols& symbols,
                bool partial, const InputHandlers& handlers) {
  for (const std::string& path : files) {
    if (const auto read = readInput(path, symbols, partial, handlers); !read) {
      printError(path, read.error());
      return false;
    }
  }
  return true;
}

bool addInputs(const InputOptions& options, analyzer::Summary& summary) {
  const auto symbols = loadSymbols(options.symbols);
  if (!symbols) {
    printError(options.symbols, symbols.error());
    return false;
  }
  const InputHandlers handlers{
      [&](const analyzer::Run& run) {
        const analyzer::Label label = options.label.value_or(analyzer::labelOf(run.outcome));
        merge(summary, summarise(run, label, analyzer::diagnose(run).findings));
      },
      [&](const analyzer::Summary& other, const std::string&) { merge(summary, other); }};
  return readInputs(options.files, *symbols, options.partial, handlers);
}

}  // namespace asyncscope::cli
