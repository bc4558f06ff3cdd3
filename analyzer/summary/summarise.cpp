#include "analyzer/summary/summarise.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "analyzer/cycles/measures.h"
#include "support/byte_reader.h"

namespace asyncscope::analyzer {
namespace {

std::string utf8(const std::string& text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (support::isUtf8({bytes, text.size()})) return text;
  using Json = nlohmann::json;
  return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace))
      .get<std::string>();
}

ModuleSummary emptySummaryOf(const record::ModuleTable& table) {
  ModuleSummary module;
  module.size = table.size;
  module.name = utf8(table.name);
  module.functions.reserve(table.functions.size());
  for (const record::FunctionEntry& entry : table.functions) {
    FunctionSummary function;
    function.index = entry.index;
    function.name = utf8(entry.name);
    function.instrumented = entry.instrumented;
    function.runtime = entry.runtime;
    // Calls that cannot suspend are not kept: nothing is to be exercised there.
    for (const record::SiteEntry& site : entry.sites) {
      if (!site.maySuspend) continue;
      function.sites.push_back({site.offset, site.kind, site.guarded, true, {}, 0, {}});
    }
    module.functions.push_back(std::move(function));
  }
  return module;
}

template <class T, class Key>
T& entryOf(std::vector<T>& sorted, Key key, std::uint32_t wanted, T made) {
  const auto at =
      std::lower_bound(sorted.begin(), sorted.end(), wanted,
                       [&](const T& entry, std::uint32_t value) { return key(entry) < value; });
  if (at != sorted.end() && key(*at) == wanted) return *at;
  return *sorted.insert(at, std::move(made));
}

FunctionSummary& functionOf(ModuleSummary& module, std::uint32_t index) {
  FunctionSummary made;
  made.index = index;
  return entryOf(
      module.functions, [](const FunctionSummary& f) { return f.index; }, index, std::move(made));
}

SiteSummary& siteOf(FunctionSummary& function, std::uint32_t offset,
                    const record::ModuleTable& table) {
  SiteSummary made;
  made.offset = offset;
  if (const record::SiteEntry* site = table.site(function.index, offset)) {
    made.kind = site->kind;
    made.guarded = site->guarded;
    made.maySuspend = site->maySuspend;
  }
  return entryOf(
      function.sites, [](const SiteSummary& s) { return s.offset; }, offset, made);
}

// The greatest values of one run in one module.
struct Extremes {
  std::uint64_t depth = 0, cycles = 0, bufferUse = 0, bufferShare = 0, stackSkew = 0;
};

// Tells what comes for the first time in a cycle, without an allocation for what came before.
class FirstInCycle {
 public:
  bool operator()(std::uint32_t what, std::uint64_t cycle) {
    const auto [entry, isNew] = last_.try_emplace(what, cycle);
    if (!isNew && entry->second == cycle) return false;
    entry->second = cycle;
    return true;
  }

 private:
  std::unordered_map<std::uint32_t, std::uint64_t> last_;
};

class Summariser {
 public:
  Summariser(const Run& run, Label label) : run_(run), label_(label) {
    summary_.runs = RunCounts::one(label);
    summary_.outcomes.of(run.outcome) = 1;
    summary_.events = run.events;
    summary_.notes = run.notes.size();
    for (const Instance& instance : run.instances) {
      if (instance.module == nullptr) continue;
      const std::uint64_t hash = instance.module->hash;
      const auto [entry, isNew] = summary_.modules.try_emplace(hash);
      if (!isNew) continue;
      entry->second = emptySummaryOf(*instance.module);
      entry->second.runs = RunCounts::one(label);
      entry->second.outcomes.of(run.outcome) = 1;
    }
    summary_.runsWithoutModule = summary_.modules.empty() ? 1 : 0;
  }

  void add(const Cycle& cycle) {
    const record::ModuleTable* table = run_.moduleOf(cycle.thread, cycle.instance);
    if (table == nullptr) return;
    ModuleSummary& module = summary_.modules[table->hash];
    addCycle(module, extremes_[table->hash], cycle);
    addFrames(module, cycle);
    addPosition(module, cycle);
  }

  void add(const Finding& finding) {
    const record::ModuleTable* table = run_.moduleOf(finding.place.thread, finding.instance);
    if (table == nullptr) return;
    FindingKey key{finding.code, std::nullopt, std::nullopt};
    if (finding.function) key.function = finding.function->index;
    if (finding.site) key.site = finding.site->offset;
    FindingSummary& entry = summary_.modules[table->hash].findings[key];
    entry.cycles += finding.cycle == 0 ? 0 : finding.cyclesAffected;
    if (entry.runs.all() != 0) return;  // the same in another thread or instance of this run
    entry.runs = RunCounts::one(label_);
    (finding.harm == Harm::Breaks   ? entry.breaks
     : finding.harm == Harm::Latent ? entry.latent
                                    : entry.notDetermined) = 1;
  }

  Summary finish() {
    for (auto& [hash, module] : summary_.modules) {
      const Extremes& most = extremes_[hash];
      module.depth.add(most.depth, label_);
      module.cycleCount.add(most.cycles, label_);
      module.bufferUse.add(most.bufferUse, label_);
      module.bufferShare.add(most.bufferShare, label_);
      module.stackSkew.add(most.stackSkew, label_);
    }
    return std::move(summary_);
  }

 private:
  // Of one run: it counts once, however often it is seen.
  void see(RunCounts& counts) const { counts = RunCounts::one(label_); }

  void addCycle(ModuleSummary& module, Extremes& most, const Cycle& cycle) {
    ++module.cycles;
    ++most.cycles;
    see(module.suspended);
    if (cycle.completed()) {
      ++module.cyclesCompleted;
      see(module.completed);
      const std::uint64_t before = cycle.startUnwind.sp, after = cycle.stopRewind->sp;
      most.stackSkew = std::max(most.stackSkew, std::max(before, after) - std::min(before, after));
    } else {
      see(!cycle.stopUnwind    ? module.cutUnwind
          : !cycle.startRewind ? module.neverResumed
                               : module.cutRewind);
    }
    const std::uint64_t used = bufferUseOf(cycle);
    most.bufferUse = std::max(most.bufferUse, used);
    if (cycle.bufferKnown && cycle.bufferEnd > cycle.startUnwind.position) {
      const std::uint64_t size = cycle.bufferEnd - cycle.startUnwind.position;
      most.bufferShare = std::max(most.bufferShare, used * 100 / size);
    }
    most.depth = std::max<std::uint64_t>(most.depth, depthOf(cycle));
  }

  // A site or function that is on the stack several times (recursion) counts once a cycle.
  void addFrames(ModuleSummary& ofCycle, const Cycle& cycle) {
    ++cycle_;
    for (const Frame& frame : cycle.frames) {
      if (frame.fate == Frame::Fate::JavaScript) {
        if (RunCounts* runs = ofCycle.scripts.at({scriptName(frame.text)})) see(*runs);
        continue;
      }
      const record::ModuleTable* table = run_.moduleOf(cycle.thread, frame.instance);
      if (table == nullptr) continue;
      ModuleSummary& module = summary_.modules[table->hash];
      Firsts& firsts = firsts_[table->hash];
      FunctionSummary& function = functionOf(module, frame.function);
      if (firsts.function(frame.function, cycle_)) {
        see(function.runs);
        if (cycle.completed()) see(function.completedRuns);
      }
      if (!frame.site) {
        ++module.framesWithoutSite;
        continue;
      }
      SiteSummary& site = siteOf(function, *frame.site, *table);
      if (firsts.site(*frame.site, cycle_)) {
        ++(cycle.completed() ? site.cycles.completed : site.cycles.interrupted);
        see(site.runs);
        if (!site.guarded) see(module.anyUnguarded);
      }
      if (frame.fate == Frame::Fate::NotSaved && firsts.unsaved(*frame.site, cycle_)) {
        ++site.unsaved;
      }
    }
  }

  void addPosition(ModuleSummary& module, const Cycle& cycle) const {
    if (!cycle.suspendedAt) return;
    const Mark& mark = *cycle.suspendedAt;
    const std::string file = utf8(mark.file), code = utf8(mark.code);
    if (CycleCounts* counts = module.positions.at({file, code, mark.line, mark.offset})) {
      ++(cycle.completed() ? counts->completed : counts->interrupted);
    }
    if (RunCounts* runs = module.lines.at({file, code, mark.line})) see(*runs);
  }

  // Frames are told as `name (file:line)`: the same function is the same in every version of the
  // glue.
  static std::string scriptName(const std::string& text) {
    return utf8(text.substr(0, text.find(" (")));
  }

  const Run& run_;
  Label label_;
  Summary summary_;
  std::unordered_map<std::uint64_t, Extremes> extremes_;
  struct Firsts {
    FirstInCycle function, site, unsaved;
  };
  std::unordered_map<std::uint64_t, Firsts> firsts_;  // by module
  std::uint64_t cycle_ = 0;
};

}  // namespace

Summary summarise(const Run& run, Label label, const std::vector<Finding>& findings) {
  Summariser summariser(run, label);
  for (const Cycle& cycle : run.cycles) summariser.add(cycle);
  for (const Finding& finding : findings) summariser.add(finding);
  return summariser.finish();
}

}  // namespace asyncscope::analyzer
