#include "instrument/asyncify/call_graph.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "instrument/asyncify/known_imports.h"
#include "instrument/callgraph/lists.h"
#include "instrument/callgraph/table_layout.h"
#include "instrument/callgraph/type_classes.h"

namespace asyncscope::asyncify {
namespace {

using callgraph::Lists;
using callgraph::Targets;
using callgraph::TargetSite;

const wasm::Import& importOf(const wasm::Module& module, std::uint32_t function) {
  return module.imports[module.functions[function].import];
}

// For each indirect call a group of functions that it can lead to: a set of Targets, or all of its
// type.
class Groups {
 public:
  Groups(const wasm::Module& module, const BodyScan& scan, const Targets* targets)
      : targets_(targets), types_(module), ofSite_(scan.sites.size(), kNoIndex) {
    const std::vector<bool> inTable = callgraph::findTableMembers(module, scan.referencedFunctions);
    std::vector<std::uint32_t> letters(module.importedFunctionCount, kNoIndex);
    std::vector<bool> callsTable(module.importedFunctionCount);
    for (const wasm::Import& import : module.imports) {
      if (const auto text = callgraph::tableCallLetters(import)) {
        callsTable[import.index] = true;
        letters[import.index] = types_.ofLetters(*text);
      }
    }
    count_ = (targets == nullptr ? types_.count() : targets->setCount()) + 1;
    auto next =
        targets == nullptr ? std::span<const TargetSite>().begin() : targets->sites().begin();
    for (std::size_t i = 0; i < scan.sites.size(); ++i) {
      const Site& site = scan.sites[i];
      const bool viaHost = site.kind == SiteKind::Call &&
                           site.target < module.importedFunctionCount && callsTable[site.target];
      if (site.kind == SiteKind::Call && !viaHost) {
        continue;
      }
      if (targets != nullptr) {
        while (next->offset != site.offset) {
          ++next;
        }
        ofSite_[i] = next->possible;
      } else {
        const std::uint32_t type = viaHost ? letters[site.target] : types_.of(site.target);
        ofSite_[i] = type == kNoIndex ? any() : type;
      }
    }
    ofFunction_ = Lists(module.functions.size(), [&](auto add) {
      if (targets != nullptr) {
        for (std::uint32_t set = 0; set < targets->setCount(); ++set) {
          for (const std::uint32_t function : targets->functions(set)) {
            add(function, set);
          }
        }
        return;
      }
      for (std::uint32_t function = 0; function < module.functions.size(); ++function) {
        if (inTable[function]) {
          types_.forEachOf(function, [&](std::uint32_t type) { add(function, type); });
          add(function, any());
        }
      }
    });
  }

  std::size_t count() const { return count_; }
  std::uint32_t any() const { return static_cast<std::uint32_t>(count_ - 1); }
  std::uint32_t ofSite(std::size_t site) const { return ofSite_[site]; }
  std::span<const std::uint32_t> ofFunction(std::uint32_t function) const {
    return ofFunction_.of(function);
  }
  bool refined() const { return targets_ != nullptr; }

 private:
  const Targets* targets_;
  callgraph::TypeClasses types_;
  std::size_t count_ = 0;
  std::vector<std::uint32_t> ofSite_;  // kNoIndex: not indirect
  Lists ofFunction_;
};

class Reachability {
 public:
  Reachability(const wasm::Module& module, const ControlFacts& controls, const BodyScan& scan,
               const Targets* targets)
      : controls_(controls),
        groups_(module, scan, targets),
        reached_(module.functions.size()),
        reachedGroups_(groups_.count()),
        callers_(module.functions.size(),
                 [&](auto add) {
                   for (const Site& site : scan.sites) {
                     if (site.kind == SiteKind::Call) {
                       add(site.target, site.function);
                     }
                   }
                 }),
        indirectCallers_(groups_.count(),
                         [&](auto add) {
                           for (std::size_t i = 0; i < scan.sites.size(); ++i) {
                             if (groups_.ofSite(i) != kNoIndex) {
                               add(groups_.ofSite(i), scan.sites[i].function);
                             }
                           }
                         }),
        guardedCallees_(module.functions.size()) {
    for (const Site& site : scan.sites) {
      if (site.guarded && site.kind == SiteKind::Call) {
        guardedCallees_[site.target] = true;
      }
    }
  }

  void reachFunction(std::uint32_t function) {
    if (!reached_[function] && !controls_.isControlFunction(function)) {
      reached_[function] = true;
      work_.push_back(function);
    }
  }
  void reachAllGroups() {
    for (std::uint32_t group = 0; group < groups_.count(); ++group) {
      reachGroup(group);
    }
  }
  void run();

  std::vector<bool> takeFunctions() { return std::move(reached_); }
  bool reaches(std::size_t index, const Site& site) const {
    const std::uint32_t group = groups_.ofSite(index);
    return (group != kNoIndex && reachedGroups_[group]) ||
           (site.kind == SiteKind::Call && reached_[site.target] && !hides(site.target));
  }

 private:
  void reachGroup(std::uint32_t group) {
    if (!reachedGroups_[group]) {
      reachedGroups_[group] = true;
      for (const std::uint32_t caller : indirectCallers_.of(group)) {
        reachFunction(caller);
      }
    }
  }

  // The outermost runtime: it stops what it has started, so its callers see nothing of it. One that
  // only stops is the innermost kind if Asyncify guards calls of it.
  bool hides(std::uint32_t function) const {
    const std::uint8_t flags = controls_.flags[function];
    return controls_.isRuntime(function) && !guardedCallees_[function] &&
           ((flags & ControlFacts::kStartsRewind) != 0 ||
            (flags & (ControlFacts::kStops | ControlFacts::kStartsUnwind)) == ControlFacts::kStops);
  }

  const ControlFacts& controls_;
  Groups groups_;
  std::vector<bool> reached_;
  std::vector<bool> reachedGroups_;
  Lists callers_;          // by function
  Lists indirectCallers_;  // by group
  std::vector<bool> guardedCallees_;
  std::vector<std::uint32_t> work_;
};

void Reachability::run() {
  while (!work_.empty()) {
    const std::uint32_t function = work_.back();
    work_.pop_back();
    if (hides(function)) {
      continue;
    }
    for (const std::uint32_t caller : callers_.of(function)) {
      reachFunction(caller);
    }
    for (const std::uint32_t group : groups_.ofFunction(function)) {
      reachGroup(group);
    }
  }
}

}  // namespace

std::vector<std::uint32_t> findTableImports(const wasm::Module& module, const BodyScan& scan) {
  std::vector<bool> isPlain(module.importedFunctionCount);
  for (const Site& site : scan.sites) {
    if (site.kind == SiteKind::Call && site.target < isPlain.size() && !site.guarded) {
      isPlain[site.target] = true;
    }
  }
  const std::vector<bool> inTable = callgraph::findTableMembers(module, scan.referencedFunctions);
  std::vector<std::uint32_t> result;
  for (std::uint32_t function = 0; function < isPlain.size(); ++function) {
    if (inTable[function] && !isPlain[function] &&
        !isKnownSynchronous(importOf(module, function))) {
      result.push_back(function);
    }
  }
  return result;
}

std::vector<std::uint32_t> findSuspendingImports(const wasm::Module& module, const BodyScan& scan,
                                                 const std::vector<std::uint32_t>& tableImports) {
  std::vector<bool> suspends(module.importedFunctionCount);
  bool tableIsGuarded = false;
  for (const Site& site : scan.sites) {
    if (!site.guarded) continue;
    const bool isImport = site.kind == SiteKind::Call && site.target < suspends.size();
    if (isImport) suspends[site.target] = true;
    // The host may call through the table on its own.
    tableIsGuarded |= isImport || site.kind != SiteKind::Call;
  }
  for (const std::uint32_t function : tableImports) {
    if (tableIsGuarded || isKnownSuspending(importOf(module, function))) suspends[function] = true;
  }
  std::vector<std::uint32_t> result;
  for (std::uint32_t function = 0; function < suspends.size(); ++function) {
    if (suspends[function]) {
      result.push_back(function);
    }
  }
  return result;
}

bool hasOpenIndirectSites(const BodyScan& scan) {
  return std::any_of(scan.sites.begin(), scan.sites.end(),
                     [](const Site& site) { return site.kind != SiteKind::Call && !site.guarded; });
}

std::vector<bool> markMaySuspend(const wasm::Module& module, const Globals& globals,
                                 const ControlFacts& controls,
                                 const std::vector<std::uint32_t>& imports,
                                 const callgraph::Targets* targets, BodyScan& scan) {
  Reachability reachability(module, controls, scan, targets);
  for (const std::uint32_t import : imports) {
    // What only calls through the table suspends where that leads to something that does.
    const bool callsTable = callgraph::tableCallLetters(importOf(module, import)).has_value();
    if (targets == nullptr || !callsTable) {
      reachability.reachFunction(import);
    }
  }
  for (std::uint32_t function = 0; function < module.functions.size(); ++function) {
    if ((controls.flags[function] & ControlFacts::kStartsUnwind) != 0) {
      reachability.reachFunction(function);
    }
  }
  const bool sharesState =
      globals.state != kNoIndex && module.globals[globals.state].import != kNoIndex;
  if (module.importedTableCount > 0 && (sharesState || module.isDynamicLibrary())) {
    reachability.reachAllGroups();
  }
  reachability.run();
  for (std::size_t i = 0; i < scan.sites.size(); ++i) {
    scan.sites[i].maySuspend = reachability.reaches(i, scan.sites[i]);
  }
  return reachability.takeFunctions();
}

}  // namespace asyncscope::asyncify
