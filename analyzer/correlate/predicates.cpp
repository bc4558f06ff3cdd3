#include "analyzer/correlate/predicates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

class Collector {
 public:
  explicit Collector(const Summary& summary) : summary_(summary) {}

  std::vector<Predicate> collect() {
    for (const auto& [hash, module] : summary_.modules) {
      hash_ = hash;
      module_ = &module;
      where_ = summary_.modules.size() > 1 ? fmt::format(" in {}", moduleName()) : std::string();
      addFunctions();
      addSpreads();
      addTexts();
      addWholeRuns();
    }
    return std::move(predicates_);
  }

 private:
  std::string moduleName() const {
    return module_->name.empty() ? fmt::format("module {:016x}", hash_)
                                 : fmt::format("{} ({:016x})", module_->name, hash_);
  }

  Predicate& add(PredicateKind kind, const RunCounts& with, std::string text) {
    Predicate predicate;
    predicate.kind = kind;
    predicate.text = std::move(text) + where_;
    predicate.module = hash_;
    predicate.with = with;
    predicate.score = ochiai(with.failing, summary_.runs.failing, with.passing);
    predicates_.push_back(std::move(predicate));
    return predicates_.back();
  }

  // Whether one finding, of this code or (empty) of any at this site, is in as many failing runs.
  bool isViolated(const std::string& code, std::optional<std::uint32_t> function,
                  std::optional<std::uint32_t> site, std::uint64_t failing) const {
    return failing != 0 &&
           std::any_of(module_->findings.begin(), module_->findings.end(), [&](const auto& entry) {
             const auto& [key, finding] = entry;
             const bool same =
                 code.empty() ? key.function == function && key.site == site : key.code == code;
             return same && finding.breaks != 0 && finding.runs.failing == failing;
           });
  }

  void addSite(const FunctionSummary& function, const SiteSummary& site, const std::string& who) {
    const auto kind = site.guarded ? PredicateKind::Site : PredicateKind::UnguardedSite;
    Predicate& predicate =
        add(kind, site.runs,
            fmt::format("a suspend with {} on the stack, at the {}{} at {:#x}", who,
                        site.guarded ? "" : "unguarded ",
                        site.kind ? siteKindName(*site.kind) : "call", site.offset));
    predicate.function = function.index;
    predicate.site = site.offset;
    predicate.violated = isViolated("", function.index, site.offset, site.runs.failing);
  }

  // A function of which one site alone was ever on a stack says no more than that site.
  void addFunctions() {
    std::uint64_t unguarded = 0;
    for (const FunctionSummary& function : module_->functions) {
      if (function.runs.failing == 0) continue;
      FunctionRef ref;
      ref.index = function.index;
      ref.name = function.name;
      const std::string who = functionText(ref);
      std::uint64_t sites = 0;
      for (const SiteSummary& site : function.sites) {
        if (site.runs.all() == 0) continue;
        ++sites;
        unguarded += site.guarded ? 0 : 1;
        if (site.runs.failing != 0) addSite(function, site, who);
      }
      if (sites == 1) continue;
      Predicate& predicate = add(PredicateKind::Function, function.runs,
                                 fmt::format("a suspend with {} on the stack", who));
      predicate.function = function.index;
      predicate.violated = isViolated("", function.index, std::nullopt, function.runs.failing);
    }
    if (unguarded > 1) {
      add(PredicateKind::AnyUnguardedSite, module_->anyUnguarded,
          "a suspend with an unguarded call on the stack");
    }
  }

  // The thresholds that failing runs reach; of those that separate equally well, the lowest. One
  // that holds in the very runs that suspend says nothing of its own.
  void addSpread(PredicateKind kind, const Spread& spread, const char* text, const char* code) {
    std::optional<Predicate> best;
    for (const auto& [value, counts] : spread.values) {
      if (value == 0 || counts.failing == 0) continue;
      const RunCounts with = spread.atLeast(value);
      if (with == module_->suspended && *code == '\0') continue;
      const double score = ochiai(with.failing, summary_.runs.failing, with.passing);
      if (best && score <= best->score) continue;
      best = Predicate{};
      best->with = with;
      best->score = score;
      best->text = fmt::format(fmt::runtime(text), value);
    }
    if (!best) return;
    Predicate& predicate = add(kind, best->with, best->text);
    predicate.violated =
        *code != '\0' && isViolated(code, std::nullopt, std::nullopt, best->with.failing);
  }

  void addSpreads() {
    addSpread(PredicateKind::StackSkew, module_->stackSkew,
              "a cycle after which the C stack pointer is off by {} bytes or more", "c-stack-skew");
    addSpread(PredicateKind::BufferShare, module_->bufferShare,
              "a suspend that takes {} % of the buffer or more", "asyncify-stack-overflow");
    addSpread(PredicateKind::BufferUse, module_->bufferUse,
              "a suspend that takes {} bytes of the buffer or more", "");
    addSpread(PredicateKind::Depth, module_->depth, "a suspend at least {} frames deep", "");
    addSpread(PredicateKind::Cycles, module_->cycleCount, "at least {} cycles", "");
  }

  void addTexts() {
    for (const auto& [place, runs] : module_->scripts.entries()) {
      if (runs.failing == 0) continue;
      add(PredicateKind::JavaScript, runs,
          fmt::format("a suspend with JavaScript between wasm frames: {}", place.second.name));
    }
    for (const auto& [place, runs] : module_->lines.entries()) {
      if (runs.failing == 0) continue;
      const LineKey& key = place.second;
      add(PredicateKind::Line, runs,
          fmt::format("a suspend while the program stands at {}:{} in {}", key.file, key.line,
                      key.code));
    }
  }

  void addWholeRuns() {
    add(PredicateKind::Suspends, module_->suspended, "the program suspends at all");
    add(PredicateKind::CutUnwind, module_->cutUnwind, "an unwind that did not end");
    add(PredicateKind::NeverResumed, module_->neverResumed, "a suspend that was never resumed");
    add(PredicateKind::CutRewind, module_->cutRewind, "a rewind that did not end");
    if (module_->runs == summary_.runs) return;
    where_.clear();
    add(PredicateKind::Module, module_->runs, fmt::format("the program loads {}", moduleName()));
  }

  const Summary& summary_;
  std::uint64_t hash_ = 0;
  const ModuleSummary* module_ = nullptr;
  std::string where_;  // appended to texts where there is more than one module
  std::vector<Predicate> predicates_;
};

}  // namespace

bool isOfVerdict(const Predicate& predicate, const std::optional<VerdictPlace>& verdict) {
  if (!verdict || predicate.module != verdict->module) return false;
  return predicate.function == verdict->function && predicate.site == verdict->site;
}

const char* predicateKindName(PredicateKind kind) {
  switch (kind) {
    case PredicateKind::UnguardedSite:
      return "unguarded-site";
    case PredicateKind::StackSkew:
      return "c-stack-skew";
    case PredicateKind::BufferShare:
      return "buffer-share";
    case PredicateKind::Site:
      return "site";
    case PredicateKind::Function:
      return "function";
    case PredicateKind::JavaScript:
      return "javascript";
    case PredicateKind::AnyUnguardedSite:
      return "any-unguarded-site";
    case PredicateKind::Line:
      return "line";
    case PredicateKind::BufferUse:
      return "buffer-use";
    case PredicateKind::Depth:
      return "depth";
    case PredicateKind::Cycles:
      return "cycles";
    case PredicateKind::Suspends:
      return "suspends";
    case PredicateKind::Module:
      return "module";
    case PredicateKind::CutUnwind:
      return "cut-unwind";
    case PredicateKind::NeverResumed:
      return "never-resumed";
    case PredicateKind::CutRewind:
      return "cut-rewind";
  }
  return "";
}

bool isSymptom(PredicateKind kind) { return kind >= PredicateKind::CutUnwind; }

bool Predicate::favoursFailing(const RunCounts& runs) const {
  if (runs.failing == 0 || runs.passing == 0) return with.failing != 0;
  return double(with.failing) / double(runs.failing) > double(with.passing) / double(runs.passing);
}

double ochiai(std::uint64_t failingWith, std::uint64_t failing, std::uint64_t passingWith) {
  if (failingWith == 0) return 0;
  const double with = double(failingWith);
  return with / std::sqrt(double(failing) * (with + double(passingWith)));
}

std::vector<Predicate> rankPredicates(const Summary& summary,
                                      const std::optional<VerdictPlace>& verdict) {
  std::vector<Predicate> predicates = Collector(summary).collect();
  std::erase_if(predicates, [](const Predicate& predicate) { return predicate.with.failing == 0; });
  const auto rank = [&](const Predicate& predicate) {
    return std::tuple(-predicate.score, isSymptom(predicate.kind), !isOfVerdict(predicate, verdict),
                      !predicate.violated, predicate.kind, predicate.text);
  };
  std::sort(predicates.begin(), predicates.end(),
            [&](const Predicate& a, const Predicate& b) { return rank(a) < rank(b); });
  return predicates;
}

}  // namespace asyncscope::analyzer
