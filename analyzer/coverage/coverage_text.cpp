// Suspend coverage as a person reads it: what was never exercised comes first.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analyzer/coverage/coverage.h"
#include "analyzer/invariants/invariants.h"
#include "analyzer/report/painter.h"
#include "support/text.h"

namespace asyncscope::analyzer {
namespace {

constexpr std::size_t kRowsShown = 20;

std::string plural(std::uint64_t count, const char* word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

// Rounded down, so that 100 % means all of them, and what there is does not read as nothing.
std::string percentText(const CoverageCounts& counts) {
  const double percent = counts.percent();
  if (counts.exercised != 0 && percent < 0.1) return "< 0.1 %";
  return fmt::format("{:.1f} %", std::floor(percent * 10) / 10);
}

std::string nameOf(const FunctionSummary& function) {
  FunctionRef ref;
  ref.index = function.index;
  ref.name = function.name;
  return support::escaped(functionText(ref));
}

std::string callText(const SiteSummary& site) {
  return fmt::format("{} at {:#x}", site.kind ? siteKindName(*site.kind) : "a call", site.offset);
}

// A table whose first column is text and whose others are right aligned, cut after some rows.
class Table {
 public:
  Table(std::vector<std::string> head, std::size_t textColumns)
      : textColumns_(textColumns), rows_{std::move(head)} {}

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  std::string text(bool all) const {
    const std::size_t shown = all ? rows_.size() : std::min(rows_.size(), kRowsShown + 1);
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (std::size_t r = 0; r < shown; ++r) {
      for (std::size_t c = 0; c < rows_[r].size(); ++c) {
        widths[c] = std::max(widths[c], rows_[r][c].size());
      }
    }
    std::string text;
    for (std::size_t r = 0; r < shown; ++r) {
      std::string line = " ";
      for (std::size_t c = 0; c < rows_[r].size(); ++c) {
        line += c < textColumns_ ? fmt::format(" {:<{}} ", rows_[r][c], widths[c])
                                 : fmt::format(" {:>{}} ", rows_[r][c], widths[c]);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
    if (shown < rows_.size()) {
      text += fmt::format("  … {} more; --all shows them\n", rows_.size() - shown);
    }
    return text;
  }

 private:
  std::size_t textColumns_;
  std::vector<std::vector<std::string>> rows_;
};

std::string sitesText(const std::string& title, const std::vector<SiteCoverage>& sites,
                      bool withCycles, const CoverageTextOptions& options, const Painter& paint) {
  if (sites.empty()) return "";
  std::vector<std::string> head{"function", "site", ""};
  if (withCycles) head.insert(head.end(), {"completed", "interrupted", "unsaved", "runs"});
  Table table(std::move(head), 3);
  for (const auto& [function, site] : sites) {
    std::vector<std::string> row{nameOf(*function), callText(*site),
                                 site->guarded ? "" : "UNGUARDED"};
    if (withCycles) {
      for (const std::uint64_t number :
           {site->cycles.completed, site->cycles.interrupted, site->unsaved, site->runs.all()}) {
        row.push_back(std::to_string(number));
      }
    }
    table.add(std::move(row));
  }
  return "\n" + paint.bold(title) + "\n" + table.text(options.all);
}

std::string functionsText(const ModuleCoverage& module, const CoverageTextOptions& options,
                          const Painter& paint) {
  Table table({"function", "sites", "exercised", "interrupted", "never", ""}, 1);
  for (const FunctionCoverage& entry : module.functions) {
    table.add({nameOf(*entry.function), std::to_string(entry.counts.sites),
               std::to_string(entry.counts.exercised), std::to_string(entry.counts.interrupted),
               std::to_string(entry.counts.never()), percentText(entry.counts)});
  }
  return "\n" + paint.bold("By function") + "\n" + table.text(options.all);
}

// Where interpreted programs stood, by code object and line.
std::string positionsText(const ModuleSummary& module, const CoverageTextOptions& options,
                          const Painter& paint) {
  if (module.positions.empty()) return "";
  struct Line {
    std::uint64_t offsets = 0;
    CycleCounts cycles;
  };
  std::map<LineKey, Line> lines;
  for (const auto& [place, counts] : module.positions.entries()) {
    Line& line = lines[{place.second.file, place.second.code, place.second.line}];
    ++line.offsets;
    line.cycles += counts;
  }
  Table table({"file", "in", "line", "bytecodes", "completed", "interrupted"}, 2);
  for (const auto& [key, line] : lines) {
    table.add({support::escaped(key.file), support::escaped(key.code),
               key.line == 0 ? std::string("-") : std::to_string(key.line),
               std::to_string(line.offsets), std::to_string(line.cycles.completed),
               std::to_string(line.cycles.interrupted)});
  }
  std::string text = "\n" + paint.bold("Positions of the interpreted program suspended at") + "\n" +
                     table.text(options.all);
  if (module.positions.cut()) {
    text += fmt::format("  more than {} positions: these are a sample, with exact counts\n",
                        kMostPositions);
  }
  return text;
}

std::string moduleText(const ModuleCoverage& module, const CoverageTextOptions& options,
                       const Painter& paint) {
  const ModuleSummary& summary = *module.module;
  const CoverageCounts& counts = module.counts;
  std::string text = fmt::format(
      "\nModule {} {:016x}, {} bytes\n  {}, {}, {} completed\n  {}: {} exercised ({}), {} only in "
      "interrupted cycles, {} never ({} of them unguarded)\n",
      summary.name.empty() ? "(no name)" : support::escaped(summary.name), module.hash,
      summary.size, plural(summary.runs.all(), "run"), plural(summary.cycles, "cycle"),
      summary.cyclesCompleted, plural(counts.sites, "may-suspend site"), counts.exercised,
      percentText(counts), counts.interrupted, counts.never(), counts.unguardedNever);
  if (summary.framesWithoutSite != 0) {
    text += fmt::format(
        "  {} on stacks that the engine did not tell: their functions are known, their sites are "
        "not\n",
        plural(summary.framesWithoutSite, "frame"));
  }
  text += sitesText("Never exercised", module.never, false, options, paint);
  text += sitesText("Only on stacks of cycles that were not completed", module.interrupted, true,
                    options, paint);
  text += sitesText("Exercised", module.exercised, true, options, paint);
  text += sitesText("On a stack although the module does not count them as sites that may suspend",
                    module.beyond, true, options, paint);
  text += functionsText(module, options, paint);
  text += positionsText(summary, options, paint);
  return text;
}

}  // namespace

std::string coverageText(const Coverage& coverage, CoverageTextOptions options) {
  const Painter paint(options.colour);
  const CoverageCounts& counts = coverage.counts;
  std::string text;
  if (coverage.modules.empty()) {
    text = "No asyncified module was loaded: there is nothing to cover.";
  } else {
    text = fmt::format("{} of {} ({}) {} on the stack of a completed cycle.", counts.exercised,
                       plural(counts.sites, "may-suspend site"), percentText(counts),
                       counts.exercised == 1 ? "was" : "were");
  }
  text = paint.bold(text) + "\n";
  for (const ModuleCoverage& module : coverage.modules) text += moduleText(module, options, paint);
  if (coverage.summary->events.lost != 0) {
    text += fmt::format("\n{} lost: what they told is missing here\n",
                        plural(coverage.summary->events.lost, "event"));
  }
  return text;
}

}  // namespace asyncscope::analyzer
