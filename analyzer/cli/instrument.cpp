// `asyncscope instrument`: the rewriting alone, and what was recognised.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "analyzer/cli/files.h"
#include "analyzer/cli/verb.h"
#include "instrument/asyncify/recognise.h"
#include "instrument/module/module.h"
#include "instrument/probe/probe.h"

namespace asyncscope::cli {
namespace {

struct InstrumentOptions {
  std::string input, output;
  bool json = false;
};

// What the verb reports, in text and in JSON.
struct Summary {
  bool asyncified = false;
  std::size_t originalSize = 0, probedSize = 0;
  std::size_t maySuspend = 0, instrumented = 0, guardedSites = 0, unguardedSites = 0;
  bool indirectIgnored = false;
  probe::Counts probes;
};

Summary summarise(const wasm::Module& module, const std::optional<asyncify::AsyncifyInfo>& info,
                  const probe::Probed* probed) {
  Summary summary;
  summary.originalSize = summary.probedSize = module.bytes.size();
  if (!info) return summary;
  summary.asyncified = true;
  summary.indirectIgnored = info->indirectIgnored;
  for (const auto& function : info->functions) {
    summary.maySuspend += function.maySuspend ? 1 : 0;
    summary.instrumented += function.instrumented ? 1 : 0;
  }
  for (const auto& site : info->sites) {
    summary.guardedSites += site.guarded ? 1 : 0;
    summary.unguardedSites += site.maySuspend && !site.guarded ? 1 : 0;
  }
  if (probed != nullptr) {
    summary.probedSize = probed->bytes.size();
    summary.probes = probed->counts;
  }
  return summary;
}

std::string text(const Summary& summary) {
  if (!summary.asyncified) {
    return "The module is not asyncified: it was copied byte for byte.\n";
  }
  const probe::Counts& probes = summary.probes;
  return fmt::format(
      "Probed: {} instrumented and {} may-suspend functions, {} guarded sites, {} unguarded sites "
      "that may suspend{}.\n"
      "Probes: {} in rewind branches, {} on save paths, {} behind unguarded sites, {} checks at "
      "entries, {} at exits, {} at control points.\n"
      "Size: {} -> {} bytes ({:+.2f} %).\n",
      summary.instrumented, summary.maySuspend, summary.guardedSites, summary.unguardedSites,
      summary.indirectIgnored ? "; indirect calls were ignored" : "", probes.entries, probes.saves,
      probes.sites, probes.entryChecks, probes.exits, probes.controlPoints, summary.originalSize,
      summary.probedSize,
      100.0 * (double(summary.probedSize) / double(summary.originalSize) - 1.0));
}

std::string json(const Summary& summary) {
  const probe::Counts& probes = summary.probes;
  const nlohmann::ordered_json object{
      {"schema", 1},
      {"asyncified", summary.asyncified},
      {"original_size", summary.originalSize},
      {"probed_size", summary.probedSize},
      {"indirect_ignored", summary.indirectIgnored},
      {"functions", {{"instrumented", summary.instrumented}, {"may_suspend", summary.maySuspend}}},
      {"sites", {{"guarded", summary.guardedSites}, {"unguarded", summary.unguardedSites}}},
      {"probes",
       {{"entries", probes.entries},
        {"saves", probes.saves},
        {"sites", probes.sites},
        {"entry_checks", probes.entryChecks},
        {"exits", probes.exits},
        {"control_points", probes.controlPoints}}}};
  return object.dump(2) + "\n";
}

ExitCode unreadable(const std::string& path, const support::Error& error) {
  printError(path, error);
  return kUnreadable;
}

ExitCode instrument(const InstrumentOptions& options) {
  const auto bytes = readFile(options.input);
  if (!bytes) return unreadable(options.input, bytes.error());
  const auto module = wasm::readModule(*bytes);
  if (!module) return unreadable(options.input, module.error());
  const auto info = asyncify::recognise(*module);
  if (!info) return unreadable(options.input, info.error());
  support::Result<void> written;
  Summary summary;
  if (*info) {
    const auto probed = probe::probe(*module, **info);
    if (!probed) return unreadable(options.input, probed.error());
    summary = summarise(*module, *info, &*probed);
    written = writeFile(options.output, probed->bytes);
  } else {
    summary = summarise(*module, *info, nullptr);
    written = writeFile(options.output, *bytes);
  }
  if (!written) return unreadable(options.output, written.error());
  fmt::print("{}", options.json ? json(summary) : text(summary));
  return kNothingFound;
}

}  // namespace

void addInstrument(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<InstrumentOptions>();
  CLI::App* verb = app.add_subcommand("instrument", "Only rewrite a module: add the probes");
  verb->add_option("MODULE", options->input, "The module to read")->required();
  verb->add_option("-o,--output", options->output, "The module to write")
      ->type_name("MODULE")
      ->required();
  verb->add_flag("--json", options->json, "Print JSON instead of text");
  verb->footer("Example: asyncscope instrument app.wasm -o probed.wasm");
  verb->callback([options, &exitCode] { exitCode = instrument(*options); });
}

}  // namespace asyncscope::cli
