#include "analyzer/cli/loaded_run.h"

#include "analyzer/cli/files.h"
#include "analyzer/cli/source_lookup.h"
#include "analyzer/cycles/cycle_builder.h"
#include "tracer/record/trace_file.h"

namespace asyncscope::cli {

support::Result<analyzer::Symbols> loadSymbols(const std::string& path) {
  if (path.empty()) return analyzer::Symbols{};
  const auto bytes = readFile(path);
  if (!bytes) return tl::unexpected(bytes.error());
  return analyzer::readSymbolMap({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

support::Result<std::unique_ptr<LoadedRun>> loadRun(std::vector<std::uint8_t> bytes,
                                                    const std::string& path,
                                                    const analyzer::Symbols& symbols,
                                                    bool partial) {
  auto loaded = std::make_unique<LoadedRun>();
  loaded->bytes = std::move(bytes);
  auto trace = record::readTrace(loaded->bytes, {.allowPartial = partial});
  if (!trace) return tl::unexpected(trace.error());
  loaded->trace = std::move(*trace);
  analyzer::applySymbols(symbols, loaded->trace);
  loaded->run = analyzer::buildRun(loaded->trace, path);
  loaded->run.sourceOf = SourceLookup(loaded->trace);
  return loaded;
}

}  // namespace asyncscope::cli
