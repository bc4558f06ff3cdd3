#include "analyzer/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "analyzer/advice/advice.h"
#include "analyzer/consequences.h"
#include "analyzer/invariants/invariants.h"
#include "analyzer/summary/summarise.h"

namespace asyncscope::analyzer {
namespace {

bool failed(const Run& run) { return run.outcome == Outcome::Fail || run.outcome == Outcome::Trap; }

const Cycle* cycleOf(const Run& run, const Finding& finding) {
  if (finding.cycle == 0 || finding.cycle > run.cycles.size()) return nullptr;
  return &run.cycles[finding.cycle - 1];
}

bool isFunctionInstrumented(const Run& run, const Finding& finding) {
  const record::ModuleTable* module = run.moduleOf(finding.place.thread, finding.instance);
  const record::FunctionEntry* entry =
      module == nullptr || !finding.function ? nullptr : module->function(finding.function->index);
  return entry != nullptr && entry->instrumented;
}

std::string symptomText(const Finding& consequence) {
  return fmt::format("{} (cycle {}, {})", consequence.explanation, consequence.cycle,
                     phaseName(consequence.phase));
}

void addSymptom(Finding& cause, const Finding& consequence) {
  if (cause.symptom.find(consequence.explanation) != std::string::npos) return;
  if (!cause.symptom.empty()) cause.symptom += ' ';
  cause.symptom += symptomText(consequence);
}

// A plain frame that moved the C stack pointer is told once: same frame, same fault. Where nothing
// else was seen of it, the pointer is the fault, silent corruption where the missing record alone
// would have been harmless; where code ran on during the unwind, it is one consequence of many.
void mergeSkew(const Run& run, std::vector<Finding>& findings) {
  std::vector<bool> isTold(findings.size(), false);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (findings[i].code != "uninstrumented-frame-sp-skew") continue;
    const auto same = std::find_if(findings.begin(), findings.end(), [&](const Finding& other) {
      return other.invariant == 1 && other.cycle == findings[i].cycle &&
             other.instance == findings[i].instance && other.function && findings[i].function &&
             other.function->index == findings[i].function->index;
    });
    if (same == findings.end()) continue;
    const Cycle* cycle = cycleOf(run, *same);
    const bool ranOn = cycle != nullptr &&
                       std::any_of(cycle->memoryWrites.begin(), cycle->memoryWrites.end(),
                                   [](const MemoryWrite& w) { return w.phase == Phase::Unwind; });
    if (ranOn) {
      addSymptom(*same, findings[i]);
      isTold[i] = true;
    } else {
      isTold[static_cast<std::size_t>(same - findings.begin())] = true;
    }
  }
  std::size_t at = 0;
  std::erase_if(findings, [&](const Finding&) { return isTold[at++]; });
}

// That an import called wasm is no fault of its own where that wasm suspended while the import was
// about to.
void mergeNested(std::vector<Finding>& findings) {
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.code == "js-frame-mid-stack" &&
           std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
             return other.code == "nested-suspend-in-starter" && other.cycle == finding.cycle;
           });
  });
}

// The same fault at the same place in many cycles is one finding.
std::vector<Finding> foldRepeats(const std::vector<Finding>& findings) {
  using Key = std::tuple<std::string, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
  std::map<Key, std::size_t> known;
  std::vector<Finding> folded;
  for (const Finding& finding : findings) {
    const Key key{finding.code, finding.place.thread, finding.instance,
                  finding.function ? finding.function->index : record::kNoIndex,
                  finding.site ? finding.site->offset : 0};
    const auto [entry, isNew] = known.emplace(key, folded.size());
    if (isNew) {
      folded.push_back(finding);
    } else if (finding.cycle != folded[entry->second].lastCycle) {
      ++folded[entry->second].cyclesAffected;
    }
    folded[entry->second].lastCycle = finding.cycle;
  }
  return folded;
}

// Consequences become symptoms of the first finding that accounts for them.
std::vector<Finding> linkSymptoms(std::vector<Finding> findings) {
  std::vector<Finding> causes;
  for (Finding& finding : findings) {
    const auto cause = std::find_if(causes.begin(), causes.end(), [&](const Finding& earlier) {
      return follows(finding, earlier);
    });
    if (cause == causes.end()) {
      causes.push_back(std::move(finding));
    } else {
      addSymptom(*cause, finding);
    }
  }
  return causes;
}

// Whether the frames of this finding were the last to be resumed before the run failed. The trap
// may come in another function and much later: what runs on after a frame that was not restored,
// runs on with made-up values.
bool failedAfter(const Run& run, const Finding& finding) {
  return finding.invariant == 1 && !run.cycles.empty() && run.cycles.back().completed() &&
         finding.lastCycle == run.cycles.back().number;
}

Harm harmOf(const Run& run, const Finding& finding) {
  // The run ended before it came to that, unless what ended it says that this was why.
  if (!finding.mayHavePassed && finding.symptom.empty()) return Harm::NotDetermined;
  // The C stack is wrong from here on, whatever the run made of it.
  if (finding.invariant == 7 || finding.corrupts) return Harm::Breaks;
  const Cycle* cycle = cycleOf(run, finding);
  const bool completed = cycle == nullptr || cycle->completed();
  if (run.outcome == Outcome::Pass) return completed ? Harm::Latent : Harm::NotDetermined;
  if (!failed(run)) return Harm::NotDetermined;
  const bool wentWrong = !completed || !finding.symptom.empty();
  return wentWrong || failedAfter(run, finding) ? Harm::Breaks : Harm::NotDetermined;
}

void decideHarm(const Run& run, Finding& finding) {
  finding.harm = harmOf(run, finding);
  if (finding.harm == Harm::Breaks && finding.symptom.empty() && failedAfter(run, finding)) {
    finding.symptom = fmt::format("After the resume of cycle {} the run failed: {}",
                                  finding.lastCycle, run.outcomeText);
  }
}

// A plain frame that only forwarded, so that the whole cycle went right without its record.
void nameTransparency(const Run& run, Finding& finding) {
  if (finding.invariant != 1 || finding.harm != Harm::Latent || !finding.symptom.empty()) return;
  if (finding.code == "runtime-function-inlined" || finding.code == "dylink-globals-unshared") {
    return;  // no frame that only lacks its record
  }
  if (isFunctionInstrumented(run, finding)) return;
  const Cycle* cycle = cycleOf(run, finding);
  if (cycle == nullptr || !cycle->completed()) return;
  finding.code = "accidental-transparency";
  finding.explanation +=
      " The cycle completed all the same: the frame has no C stack of its own and did nothing "
      "before or after the call that could be seen. It breaks as soon as its code changes.";
}

// File and line of the call that was active, else of the function.
void locate(const Run& run, Finding& finding) {
  if (!run.sourceOf || !finding.function) return;
  const record::ModuleTable* module = run.moduleOf(finding.place.thread, finding.instance);
  if (module == nullptr) return;
  const record::FunctionEntry* entry = module->function(finding.function->index);
  if (!finding.site && entry == nullptr) return;
  const auto place = run.sourceOf(*module, finding.site ? finding.site->offset : entry->bodyBegin);
  if (!place) return;
  finding.function->file = place->file;
  finding.function->line = place->line;
}

// The first that breaks; else the first whose effect is open; else the first latent one.
const Finding* verdictOf(const std::vector<Finding>& findings) {
  for (const Harm harm : {Harm::Breaks, Harm::NotDetermined, Harm::Latent}) {
    for (const Finding& finding : findings) {
      if (finding.harm == harm) return &finding;
    }
  }
  return nullptr;
}

std::optional<PlaceInQuestion> placeOf(const Diagnosis& diagnosis) {
  if (!diagnosis.verdict || !diagnosis.verdict->function) return std::nullopt;
  return PlaceInQuestion{diagnosis.verdict->function->index, std::nullopt};
}

std::optional<VerdictPlace> verdictPlaceOf(const Run& run, const Diagnosis& diagnosis) {
  if (!diagnosis.verdict || !diagnosis.verdict->function) return std::nullopt;
  const Finding& verdict = *diagnosis.verdict;
  const record::ModuleTable* module = run.moduleOf(verdict.place.thread, verdict.instance);
  if (module == nullptr) return std::nullopt;
  VerdictPlace place{module->hash, verdict.function->index, std::nullopt};
  if (verdict.site) place.site = verdict.site->offset;
  return place;
}

// Passing runs that never completed a cycle through the function of the verdict; without a verdict,
// that never completed one.
std::uint64_t vacuousRuns(const Summary& summary, const std::optional<VerdictPlace>& place) {
  std::uint64_t proving = 0;
  for (const auto& [hash, module] : summary.modules) {
    if (!place) {
      proving = std::max(proving, module.completed.passing);
    } else if (hash == place->module) {
      for (const FunctionSummary& function : module.functions) {
        if (function.index == place->function) proving = function.completedRuns.passing;
      }
    }
  }
  return summary.runs.passing - proving;
}

}  // namespace

Diagnosis diagnose(const Run& run) {
  Diagnosis diagnosis;
  std::vector<Finding> findings = checkInvariants(run);
  mergeSkew(run, findings);
  mergeNested(findings);
  diagnosis.findings = linkSymptoms(foldRepeats(findings));
  for (Finding& finding : diagnosis.findings) {
    decideHarm(run, finding);
    nameTransparency(run, finding);
    locate(run, finding);
    finding.advice = adviseFor(run, finding);
  }
  if (const Finding* verdict = verdictOf(diagnosis.findings)) {
    diagnosis.verdict = *verdict;
    const Advice all = adviseForAll(run, diagnosis.findings);
    if (!all.flags.empty() || !all.text.empty()) diagnosis.verdict->advice = all;
  }
  diagnosis.runs.push_back(summaryOf(run, placeOf(diagnosis)));
  return diagnosis;
}

Comparison::Comparison(const Run& run, Diagnosis& diagnosis)
    : run_(run), diagnosis_(diagnosis), place_(verdictPlaceOf(run, diagnosis)) {}

void Comparison::add(const Run& other, Label label) {
  diagnosis_.runs.push_back(summaryOf(other, placeOf(diagnosis_)));
  // Of a passing run only the stacks count.
  merge(all_,
        summarise(other, label,
                  label == Label::Failing ? diagnose(other).findings : std::vector<Finding>{}));
}

void Comparison::add(const Summary& summary, std::string file) {
  FleetSummary fleet{std::move(file), summary.runs, 0, 0, vacuousRuns(summary, place_)};
  for (const auto& [hash, module] : summary.modules) {
    fleet.cycles += module.cycles;
    fleet.cyclesCompleted += module.cyclesCompleted;
  }
  diagnosis_.fleets.push_back(std::move(fleet));
  merge(all_, summary);
}

void Comparison::finish() {
  if (all_.runs.all() == 0) return;  // nothing to compare with
  merge(all_, summarise(run_, Label::Failing, diagnosis_.findings));
  diagnosis_.edge = findEdge(all_, place_);
}

Diagnosis diagnose(const Run& run, const std::vector<const Run*>& passing) {
  Diagnosis diagnosis = diagnose(run);
  Comparison comparison(run, diagnosis);
  for (const Run* other : passing) comparison.add(*other, Label::Passing);
  comparison.finish();
  return diagnosis;
}

}  // namespace asyncscope::analyzer
