#include "analyzer/check/suspend_graph.h"

#include <algorithm>
#include <queue>

#include "instrument/callgraph/lists.h"
#include "instrument/callgraph/type_classes.h"

namespace asyncscope::check {
namespace {

using asyncify::Site;
using asyncify::SiteKind;
using callgraph::Lists;
using callgraph::TargetSite;

}  // namespace

const char* reachName(Reach reach) {
  switch (reach) {
    case Reach::Certain:
      return "certain";
    case Reach::Likely:
      return "likely";
    case Reach::Possible:
      return "possible";
  }
  return "";
}

SuspendGraph::SuspendGraph(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                           const callgraph::Targets& targets)
    : module_(module),
      info_(info),
      targets_(targets),
      functions_(module.functions.size()),
      sites_(info.sites.size()) {
  findStarts();
  settle();
}

void SuspendGraph::findStarts() {
  for (const std::uint32_t import : info_.suspendingImports) {
    // What only calls through the table suspends where that leads to something that does.
    if (!callgraph::tableCallLetters(module_.imports[module_.functions[import].import])) {
      starts_.push_back(import);
    }
  }
  std::vector<bool> starts(module_.functions.size());
  for (const asyncify::ControlPoint& point : info_.controlPoints) {
    starts[point.function] = starts[point.function] || point.value == 1;
  }
  // A control function is no part of a stack; its caller, which is runtime, is.
  std::vector<bool> controls(module_.functions.size());
  for (const asyncify::Control& control : info_.controls) {
    if (control.function != wasm::kNoIndex) controls[control.function] = true;
  }
  for (const asyncify::FunctionInfo& function : info_.functions) {
    bool begins = starts[function.index] && !controls[function.index];
    for (const Site& site : info_.sitesOf(function)) {
      begins =
          begins || (site.kind == SiteKind::Call && starts[site.target] && controls[site.target]);
    }
    if (begins && function.maySuspend) starts_.push_back(function.index);
  }
  // Without a list the pass takes every import for one that suspends. Where the module starts its
  // unwinds itself, none of them need.
  const std::size_t imported =
      starts_.size() - static_cast<std::size_t>(
                           std::count_if(starts_.begin(), starts_.end(), [&](std::uint32_t start) {
                             return start >= module_.importedFunctionCount;
                           }));
  onlyInside_ = imported < starts_.size() && imported + 1 >= module_.importedFunctionCount;
  std::sort(starts_.begin(), starts_.end());
}

void SuspendGraph::settle() {
  // Callers, by number of the site.
  const auto sitesBy = [&](auto pick) {
    return [this, pick](auto add) {
      for (std::uint32_t i = 0; i < info_.sites.size(); ++i) {
        if (info_.sites[i].maySuspend) pick(i, add);
      }
    };
  };
  std::vector<const TargetSite*> indirect(info_.sites.size());
  for (std::uint32_t i = 0; i < info_.sites.size(); ++i) {
    indirect[i] = targets_.at(info_.sites[i].offset);
  }
  const Lists direct(module_.functions.size(), sitesBy([&](std::uint32_t i, auto& add) {
                       if (info_.sites[i].kind == SiteKind::Call) add(info_.sites[i].target, i);
                     }));
  const Lists likely(targets_.setCount(), sitesBy([&](std::uint32_t i, auto& add) {
                       if (indirect[i] != nullptr) add(indirect[i]->likely, i);
                     }));
  const Lists possible(targets_.setCount(), sitesBy([&](std::uint32_t i, auto& add) {
                         if (indirect[i] != nullptr) add(indirect[i]->possible, i);
                       }));
  const Lists setsOf(module_.functions.size(), [&](auto add) {
    for (std::uint32_t set = 0; set < targets_.setCount(); ++set) {
      for (const std::uint32_t function : targets_.functions(set)) add(function, set);
    }
  });

  using Entry = std::pair<std::tuple<Reach, std::uint32_t, std::uint32_t>, std::uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  const auto relax = [&](std::uint32_t number, std::uint32_t callee, Reach edge, bool isIndirect) {
    const Way& from = *functions_[callee];
    Way way;
    way.reach = std::max(from.reach, edge);
    way.indirect = from.indirect + (isIndirect ? 1 : 0);
    way.length = from.length + 1;
    way.callee = callee;
    way.site = info_.sites[number].offset;
    std::optional<Way>& ofSite = sites_[number];
    if (!ofSite || way.rank() < ofSite->rank()) ofSite = way;
    std::optional<Way>& ofFunction = functions_[info_.sites[number].function];
    if (!ofFunction || way.rank() < ofFunction->rank()) {
      ofFunction = way;
      queue.push({way.rank(), info_.sites[number].function});
    }
  };
  for (const std::uint32_t start : starts_) {
    Way way;
    way.reach =
        onlyInside_ && start < module_.importedFunctionCount ? Reach::Possible : Reach::Certain;
    functions_[start] = way;
    queue.push({functions_[start]->rank(), start});
  }
  // Each set is looked at when its best function is: later ones can only offer worse ways. A set
  // can be the likely one of some sites and the possible one of others.
  std::vector<bool> seen(targets_.setCount());
  std::vector<bool> done(module_.functions.size());
  while (!queue.empty()) {
    const std::uint32_t function = queue.top().second;
    queue.pop();
    if (done[function]) continue;
    done[function] = true;
    for (const std::uint32_t number : direct.of(function)) {
      relax(number, function, Reach::Certain, false);
    }
    for (const std::uint32_t set : setsOf.of(function)) {
      if (seen[set]) continue;
      seen[set] = true;
      for (const std::uint32_t number : likely.of(set)) {
        const bool known = indirect[number]->by == TargetSite::By::Constants;
        relax(number, function, known ? Reach::Certain : Reach::Likely, true);
      }
      for (const std::uint32_t number : possible.of(set)) {
        const bool known = indirect[number]->by == TargetSite::By::Constants;
        relax(number, function, known ? Reach::Certain : Reach::Possible, true);
      }
    }
  }
}

SuspendGraph::Callees SuspendGraph::calleesOf(const Site& site) const {
  Callees callees;
  const TargetSite* target = targets_.at(site.offset);
  if (target == nullptr) return {1, 1};
  for (const std::uint32_t function : targets_.functions(target->likely)) {
    const std::optional<Way>& way = functions_[function];
    callees.likely += way && way->reach != Reach::Possible ? 1 : 0;
  }
  for (const std::uint32_t function : targets_.functions(target->possible)) {
    callees.possible += functions_[function] ? 1 : 0;
  }
  return callees;
}

}  // namespace asyncscope::check
