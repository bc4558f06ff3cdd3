#include "analyzer/coverage/coverage.h"

#include <algorithm>
#include <tuple>

namespace asyncscope::analyzer {
namespace {

bool counts(const FunctionSummary& function, const SiteSummary& site) {
  return site.maySuspend && !function.runtime;
}

void addSite(ModuleCoverage& module, FunctionCoverage& function, const SiteSummary& site) {
  const SiteCoverage entry{function.function, &site};
  if (!counts(*function.function, site)) {
    if (site.cycles.all() != 0) module.beyond.push_back(entry);
    return;
  }
  ++function.counts.sites;
  if (site.cycles.completed != 0) {
    ++function.counts.exercised;
    module.exercised.push_back(entry);
  } else if (site.cycles.interrupted != 0) {
    ++function.counts.interrupted;
    module.interrupted.push_back(entry);
  } else {
    if (!site.guarded) ++function.counts.unguardedNever;
    module.never.push_back(entry);
  }
}

bool wasOnStack(const FunctionSummary& function) { return function.runs.all() != 0; }

ModuleCoverage coverageOf(std::uint64_t hash, const ModuleSummary& summary) {
  ModuleCoverage module{hash, &summary, {}, {}, {}, {}, {}, {}};
  for (const FunctionSummary& function : summary.functions) {
    FunctionCoverage entry{&function, {}};
    for (const SiteSummary& site : function.sites) addSite(module, entry, site);
    module.counts += entry.counts;
    if (entry.counts.sites != 0) module.functions.push_back(entry);
  }
  std::stable_sort(module.functions.begin(), module.functions.end(),
                   [](const FunctionCoverage& a, const FunctionCoverage& b) {
                     const auto rank = [](const FunctionCoverage& entry) {
                       return std::tuple(!wasOnStack(*entry.function),
                                         entry.counts.unguardedNever == 0,
                                         entry.counts.never() == 0);
                     };
                     return rank(a) < rank(b);
                   });
  std::stable_sort(module.never.begin(), module.never.end(),
                   [](const SiteCoverage& a, const SiteCoverage& b) {
                     const auto rank = [](const SiteCoverage& entry) {
                       return std::tuple(entry.site->guarded, !wasOnStack(*entry.function));
                     };
                     return rank(a) < rank(b);
                   });
  return module;
}

}  // namespace

CoverageCounts& CoverageCounts::operator+=(const CoverageCounts& more) {
  sites += more.sites;
  exercised += more.exercised;
  interrupted += more.interrupted;
  unguardedNever += more.unguardedNever;
  return *this;
}

Coverage coverageOf(const Summary& summary) {
  Coverage coverage;
  coverage.summary = &summary;
  for (const auto& [hash, module] : summary.modules) {
    coverage.modules.push_back(coverageOf(hash, module));
    coverage.counts += coverage.modules.back().counts;
  }
  return coverage;
}

}  // namespace asyncscope::analyzer
