#include "instrument/asyncify/recognise.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "instrument/asyncify/call_graph.h"
#include "instrument/asyncify/controls.h"
#include "instrument/asyncify/globals.h"
#include "instrument/asyncify/scan.h"
#include "instrument/asyncify/stack_pointer.h"

namespace asyncscope::asyncify {
namespace {

// Pops and pushes of one function that was not merged with another: the locals and the call index.
constexpr std::uint32_t kOwnPops = 2;

bool isInstrumented(const BodyFacts& facts) {
  return facts.pops > 0 || facts.pushes > 0 || facts.guardedSites;
}

// A prologue alone may be chance. That some function both pops and pushes, or that a call is
// followed by the test for unwinding, is not.
bool isConfirmed(const BodyScan& scan) {
  return std::any_of(scan.bodies.begin(), scan.bodies.end(), [](const BodyFacts& facts) {
    return facts.pops > 0 && (facts.pushes > 0 || facts.guardedSites);
  });
}

// The shape is as Asyncify writes it: a branch for the rewind at the entry, the first pop before
// any call, and as many bytes pushed as popped. A function that cannot unwind itself pops only.
bool isRecognised(const BodyFacts& facts) {
  return facts.rewindPlace != kNoIndex && facts.pops > 0 && facts.popsFirst &&
         (facts.pushes == 0 || facts.pushBytes == facts.popBytes);
}

// Whether Asyncify was told to ignore indirect calls. Otherwise it guards every call_indirect of
// every function that it instruments, and instruments every function that has one, but for catch
// bodies, the runtime, and functions that a list excludes. So it was: when an instrumented function
// has an unguarded call_indirect; or when more functions that have one are left out than taken in.
bool inferIndirectIgnored(const AsyncifyInfo& info, const BodyScan& scan,
                          const ControlFacts& controls, const std::vector<bool>& instrumented) {
  std::size_t without = 0;
  std::size_t with = 0;
  std::uint32_t last = kNoIndex;
  for (const Site& site : scan.sites) {
    if (site.kind != SiteKind::CallIndirect || site.inCatch || controls.flags[site.function] != 0) {
      continue;
    }
    if (instrumented[site.function] && !site.guarded) {
      return true;
    }
    if (site.function != last) {
      last = site.function;
      ++(instrumented[site.function] ? with : without);
    }
  }
  return !info.suspendingImports.empty() && without > with;
}

// A constant 0 that a flattened function keeps in a fresh local is nowhere in the code; it is the
// index of the one guarded site that has none, when no other site has it.
void completeCallIndices(std::span<Site> sites) {
  Site* unknown = nullptr;
  for (Site& site : sites) {
    if (!site.guarded) {
      continue;
    }
    if (site.callIndex == 0 || (site.callIndex == kNoIndex && unknown != nullptr)) {
      return;
    }
    if (site.callIndex == kNoIndex) {
      unknown = &site;
    }
  }
  if (unknown != nullptr) {
    unknown->callIndex = 0;
  }
}

FunctionInfo describe(const wasm::Module& module, const BodyScan& scan, std::uint32_t function) {
  const BodyFacts& facts = scan.bodies[function - module.importedFunctionCount];
  FunctionInfo info;
  info.index = function;
  info.body = module.functions[function].body;
  info.code = module.functions[function].code;
  info.instrumented = isInstrumented(facts);
  info.recognised = isRecognised(facts);
  if (info.recognised) {
    info.rewindPlace = facts.rewindPlace;
    info.savedPlace = facts.savedPlace;
    info.recordBytes = facts.pops <= kOwnPops ? static_cast<std::uint32_t>(facts.popBytes) : 0;
  }
  return info;
}

// Keeps the functions that matter, with their sites, which move up within the list of the scan.
void fillFunctions(const wasm::Module& module, BodyScan& scan, const ControlFacts& controls,
                   const std::vector<bool>& maySuspend, AsyncifyInfo& info) {
  std::vector<bool> movesStackPointer(module.functions.size());
  for (const GlobalWrite& write : scan.globalWrites) {
    if (write.global == info.stackPointer) {
      movesStackPointer[write.function] = true;
    }
  }
  std::vector<bool> inElements(module.functions.size());
  for (const wasm::ElementSegment& segment : module.elements) {
    for (const std::uint32_t function : segment.functions) {
      if (function != kNoIndex) inElements[function] = true;
    }
  }
  std::size_t kept = 0;
  info.functions.reserve(scan.bodies.size());
  for (std::uint32_t function = module.importedFunctionCount; function < module.functions.size();
       ++function) {
    const std::size_t defined = function - module.importedFunctionCount;
    const bool runtime = controls.isRuntime(function);
    const std::size_t begin = scan.bodies[defined].firstSite;
    const std::size_t end =
        defined + 1 < scan.bodies.size() ? scan.bodies[defined + 1].firstSite : scan.sites.size();
    const std::span<Site> sites = std::span(scan.sites).subspan(begin, end - begin);
    if (!maySuspend[function] && !runtime && !isInstrumented(scan.bodies[defined])) {
      std::copy_if(sites.begin(), sites.end(), std::back_inserter(info.otherImportCalls),
                   [&](const Site& site) {
                     return site.kind == SiteKind::Call &&
                            site.target < module.importedFunctionCount;
                   });
      continue;
    }
    FunctionInfo entry = describe(module, scan, function);
    entry.maySuspend = maySuspend[function];
    entry.runtime = runtime;
    entry.movesStackPointer = movesStackPointer[function];
    entry.inElements = inElements[function];
    entry.firstSite = static_cast<std::uint32_t>(kept);
    entry.siteCount = static_cast<std::uint32_t>(end - begin);
    completeCallIndices(sites);
    if (kept != begin) {
      std::copy(sites.begin(), sites.end(), scan.sites.begin() + static_cast<std::ptrdiff_t>(kept));
    }
    kept += sites.size();
    info.functions.push_back(entry);
  }
  scan.sites.resize(kept);
  info.sites = std::move(scan.sites);
}

}  // namespace

support::Result<std::optional<AsyncifyInfo>> recognise(const wasm::Module& module) {
  const std::optional<FoundGlobals> found = findGlobals(module);
  if (!found) {
    return std::nullopt;
  }
  auto scanned = scanBodies(module, found->globals);
  if (!scanned) {
    return tl::unexpected(scanned.error());
  }
  BodyScan& scan = *scanned;
  if (!found->fromControls && !isConfirmed(scan)) {
    return std::nullopt;
  }
  AsyncifyInfo info;
  info.globals = found->globals;
  ControlFacts controls = findControls(module, info.globals, scan);
  info.stackPointer = findStackPointer(module, info.globals, scan);
  const std::vector<std::uint32_t> tableImports = findTableImports(module, scan);
  info.suspendingImports = findSuspendingImports(module, scan, tableImports);
  std::optional<callgraph::Targets> targets;
  if (hasOpenIndirectSites(scan)) {
    auto found = callgraph::Targets::find(
        module, {info.globals.state, info.globals.data, info.stackPointer});
    if (!found) {
      return tl::unexpected(found.error());
    }
    targets = std::move(*found);
  }
  const bool anyIsGuarded = std::any_of(scan.sites.begin(), scan.sites.end(),
                                        [](const Site& site) { return site.guarded; });
  const std::vector<bool> maySuspend = markMaySuspend(
      module, info.globals, controls, anyIsGuarded ? info.suspendingImports : tableImports,
      targets ? &*targets : nullptr, scan);
  std::vector<bool> instrumented(module.functions.size());
  for (std::size_t i = 0; i < scan.bodies.size(); ++i) {
    instrumented[module.importedFunctionCount + i] = isInstrumented(scan.bodies[i]);
  }
  info.indirectIgnored = inferIndirectIgnored(info, scan, controls, instrumented);
  fillFunctions(module, scan, controls, maySuspend, info);
  info.controls = std::move(controls.controls);
  info.controlPoints = std::move(scan.stateWrites);
  return info;
}

support::Result<AsyncifyInfo> imagine(const wasm::Module& module,
                                      const std::vector<std::uint32_t>& suspendingImports) {
  AsyncifyInfo info;
  auto scanned = scanBodies(module, info.globals);
  if (!scanned) {
    return tl::unexpected(scanned.error());
  }
  const ControlFacts controls = findControls(module, info.globals, *scanned);
  info.stackPointer = findStackPointer(module, info.globals, *scanned);
  info.suspendingImports = suspendingImports;
  callgraph::SuspendGlobals globals;
  globals.stackPointer = info.stackPointer;
  const auto targets = callgraph::Targets::find(module, globals);
  if (!targets) {
    return tl::unexpected(targets.error());
  }
  const std::vector<bool> maySuspend =
      markMaySuspend(module, info.globals, controls, suspendingImports, &*targets, *scanned);
  fillFunctions(module, *scanned, controls, maySuspend, info);
  return info;
}

const FunctionInfo* AsyncifyInfo::function(std::uint32_t index) const {
  const auto found = std::lower_bound(
      functions.begin(), functions.end(), index,
      [](const FunctionInfo& entry, std::uint32_t wanted) { return entry.index < wanted; });
  return found != functions.end() && found->index == index ? &*found : nullptr;
}

}  // namespace asyncscope::asyncify
