#include "instrument/probe/plan.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "support/byte_writer.h"

namespace asyncscope::probe {
namespace {

using asyncify::FunctionInfo;
using asyncify::kNoIndex;
using asyncify::Site;
using support::lebSize;

// Whether something may return through this site unseen by Asyncify. Nothing runs after a tail
// call.
bool isOpen(const Site& site) { return !site.guarded && site.maySuspend && !site.tail; }

// How a function is probed.
struct Choice {
  const FunctionInfo* function = nullptr;
  std::uint32_t openSites = 0;
  bool entryCheck = false;
  bool exit = false;
  bool coarse = false;  // no check behind its open sites
};

Choice choose(const asyncify::AsyncifyInfo& info, const FunctionInfo& function) {
  Choice choice{.function = &function};
  if (function.runtime) {
    return choice;  // it is meant to run on while the state is not normal
  }
  for (const Site& site : info.sitesOf(function)) {
    choice.openSites += isOpen(site);
  }
  if (function.instrumented) {
    choice.entryCheck = choice.exit = !function.recognised;
  } else {
    choice.entryCheck = choice.openSites > 0;
  }
  return choice;
}

// Bytes that probes take; signed numbers have one bit less per byte.
class Price {
 public:
  Price(const wasm::Module& module, const asyncify::AsyncifyInfo& info)
      : test_(1 + lebSize(info.globals.state) + 2 + 1),
        call_(1 + lebSize(module.functions.size())) {}

  std::size_t number(std::uint32_t value) const { return 1 + lebSize(std::uint64_t{value} << 1); }
  std::size_t free(std::uint32_t function) const { return number(function) + call_; }
  std::size_t check(std::uint32_t function) const { return test_ + free(function); }
  std::size_t site(const Site& site) const { return check(site.function) + number(site.offset); }
  // The block and its end; each return grows by a byte, which is too little to count them.
  std::size_t exit(std::uint32_t function) const { return 3 + check(function); }

 private:
  std::size_t test_;
  std::size_t call_;
};

std::size_t sitesPrice(const asyncify::AsyncifyInfo& info, const Price& price,
                       const FunctionInfo& function) {
  std::size_t bytes = 0;
  for (const Site& site : info.sitesOf(function)) {
    bytes += isOpen(site) ? price.site(site) : 0;
  }
  return bytes;
}

// Makes functions coarse, the most rewarding first, until the growth is within the limit.
void keepWithin(double limit, const asyncify::AsyncifyInfo& info, const Price& price,
                std::vector<Choice>& choices) {
  struct Saving {
    std::size_t choice = 0;
    std::size_t bytes = 0;
  };
  std::vector<Saving> savings;
  std::size_t growth = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const FunctionInfo& function = *choices[i].function;
    const std::size_t sites = sitesPrice(info, price, function);
    const std::size_t exit = price.exit(function.index);
    growth += sites + (choices[i].entryCheck ? price.check(function.index) : 0) +
              (choices[i].exit ? exit : 0) +
              (function.recognised ? 2 * price.free(function.index) : 0);
    if (!function.instrumented && sites > exit) {
      savings.push_back({i, sites - exit});
    }
  }
  std::stable_sort(savings.begin(), savings.end(),
                   [](const Saving& a, const Saving& b) { return a.bytes > b.bytes; });
  for (const Saving& saving : savings) {
    if (static_cast<double>(growth) <= limit) {
      return;
    }
    choices[saving.choice].coarse = choices[saving.choice].exit = true;
    growth -= saving.bytes;
  }
}

void addFunction(const asyncify::AsyncifyInfo& info, const Choice& choice, Plan& plan) {
  const FunctionInfo& function = *choice.function;
  const auto add = [&](std::uint32_t offset, PlaceKind kind, std::uint32_t detail,
                       std::uint32_t& count) {
    plan.places.push_back({function.index, offset, kind, detail});
    ++count;
  };
  if (function.recognised) {
    add(function.rewindPlace, PlaceKind::Entered, 0, plan.counts.entries);
    if (function.savedPlace != kNoIndex) {
      add(function.savedPlace, PlaceKind::Saved, 0, plan.counts.saves);
    }
  }
  if (choice.entryCheck) {
    add(function.code.begin, PlaceKind::EntryCheck, 0, plan.counts.entryChecks);
  }
  if (choice.exit) {
    add(function.code.begin, PlaceKind::ExitBegin, 0, plan.counts.exits);
    plan.places.push_back({function.index, function.code.end - 1, PlaceKind::ExitEnd, 0});
  }
  if (choice.coarse) {
    plan.coarseFunctions.push_back(function.index);
    return;
  }
  for (const Site& site : info.sitesOf(function)) {
    if (choice.openSites > 0 && isOpen(site)) {
      add(site.end, PlaceKind::SitePassed, site.offset, plan.counts.sites);
    }
  }
}

}  // namespace

Plan makePlan(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
              const Options& options) {
  std::vector<Choice> choices;
  choices.reserve(info.functions.size());
  for (const FunctionInfo& function : info.functions) {
    const Choice choice = choose(info, function);
    if (choice.openSites > 0 || function.instrumented) {
      choices.push_back(choice);
    }
  }
  keepWithin(options.growthLimit * static_cast<double>(module.bytes.size()), info,
             Price(module, info), choices);

  // Functions come in file order: sorting one after the other is cheaper than all at once.
  const auto before = [](const Place& a, const Place& b) {
    return std::tie(a.offset, a.kind) < std::tie(b.offset, b.kind);
  };
  Plan plan;
  const auto sortFrom = [&](std::size_t first) {
    std::sort(plan.places.begin() + static_cast<std::ptrdiff_t>(first), plan.places.end(), before);
  };
  for (const Choice& choice : choices) {
    const std::size_t first = plan.places.size();
    addFunction(info, choice, plan);
    sortFrom(first);
  }
  const std::size_t ofFunctions = plan.places.size();
  for (const asyncify::ControlPoint& point : info.controlPoints) {
    plan.places.push_back({point.function, point.before, PlaceKind::StateBefore, 0});
    plan.places.push_back({point.function, point.after, PlaceKind::StateAfter, 0});
    ++plan.counts.controlPoints;
  }
  sortFrom(ofFunctions);
  std::inplace_merge(plan.places.begin(),
                     plan.places.begin() + static_cast<std::ptrdiff_t>(ofFunctions),
                     plan.places.end(), before);
  return plan;
}

}  // namespace asyncscope::probe
