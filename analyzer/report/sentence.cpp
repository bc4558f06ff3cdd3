#include "analyzer/report/sentence.h"

#include <fmt/format.h>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

std::string place(const Finding& finding) {
  if (!finding.function) return "";
  std::string text = functionText(*finding.function);
  if (finding.site) {
    text += fmt::format(", {} at {:#x}", siteKindName(finding.site->kind), finding.site->offset);
  }
  if (finding.function->file) {
    text += fmt::format(" ({}:{})", *finding.function->file, finding.function->line.value_or(0));
  }
  return text;
}

std::string when(const Finding& finding) {
  if (finding.cycle == 0) return "";
  switch (finding.phase) {
    case Phase::Suspended:
      return fmt::format(" while cycle {} is suspended", finding.cycle);
    case Phase::After:
      return fmt::format(" after cycle {}", finding.cycle);
    case Phase::Host:
      return fmt::format(" in the host, in cycle {}", finding.cycle);
    default:
      return fmt::format(" in the {} of cycle {}", phaseName(finding.phase), finding.cycle);
  }
}

std::string healthy(const Run& run) {
  if (run.instances.empty()) {
    return "No asyncified module was loaded: there is nothing to diagnose.";
  }
  const std::uint32_t cycles = static_cast<std::uint32_t>(run.cycles.size());
  if (cycles == 0) {
    return "Nothing found, and nothing proven: the program never suspended.";
  }
  const std::string count = fmt::format("{} of {} cycle{} completed", run.cyclesCompleted(), cycles,
                                        cycles == 1 ? "" : "s");
  if (run.outcome == Outcome::Fail || run.outcome == Outcome::Trap) {
    return fmt::format("The program failed ({}), but no invariant of ASYNCIFY was violated: {}.",
                       run.outcomeText, count);
  }
  if (run.cyclesCompleted() < cycles || run.events.lost != 0) {
    return fmt::format("Nothing found in what was recorded: {}.", count);
  }
  return fmt::format("Nothing found: {}, and every frame was saved and restored.", count);
}

}  // namespace

std::string verdictSentence(const Run& run, const Diagnosis& diagnosis) {
  if (!diagnosis.verdict) return healthy(run);
  const Finding& verdict = *diagnosis.verdict;
  const std::string where = place(verdict);
  const char* effect = verdict.harm == Harm::Breaks   ? "ASYNCIFY breaks"
                       : verdict.harm == Harm::Latent ? "A latent fault"
                                                      : "A fault";
  if (where.empty()) return fmt::format("{}{}: {}", effect, when(verdict), verdict.code);
  return fmt::format("{}{} at {}: {}", effect, when(verdict), where, verdict.code);
}

}  // namespace asyncscope::analyzer
