// Invariant 11: the host waits. Whoever called an export that suspends gets a made-up value or a
// promise; the call is over when the promise settles.
//
// What tells that somebody waits is known for Emscripten's glue alone (GlueWaits,
// GluePromiseUnused); for other hosts these rules say nothing.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzer/cycles/engine_stack.h"
#include "analyzer/invariants/host.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

using record::EventKind;

constexpr std::uint32_t kOptionNotSet = 2;

const Cycle* cycleAt(const Run& run, const HostEvent& event) {
  return event.cycle == 0 ? nullptr : &run.cycles[event.cycle - 1];
}

// The import that a collector of C memory uses to see the locals of all frames.
bool scansRegisters(const Run& run, const Cycle& cycle) {
  const auto* module = run.moduleOf(cycle.thread, cycle.instance);
  if (module == nullptr || cycle.frames.empty() || !cycle.frames.front().site) return false;
  const Frame& innermost = cycle.frames.front();
  const record::SiteEntry* site = module->site(innermost.function, *innermost.site);
  if (site == nullptr || site->kind != record::SiteKind::Call) return false;
  return std::any_of(module->imports.begin(), module->imports.end(), [&](const auto& import) {
    return import.index == site->target && import.name == "emscripten_scan_registers";
  });
}

Finding notAsync(const Run& run, const HostEvent& event, std::uint32_t entry, bool refused) {
  Finding finding = findingAt(event, 11, "missing-async-ccall", Phase::Host);
  finding.function = functionRef(run, event.place.thread, event.instance, entry);
  const std::string name = functionText(*finding.function);
  finding.explanation =
      refused ? fmt::format(
                    "{} suspended, and ccall, which had not been told that it may, gave up: "
                    "the option async was not set.",
                    name)
              : fmt::format(
                    "{} suspended under a ccall without the option async: what the caller "
                    "got is a promise, and nobody ever waited for it.",
                    name);
  const Cycle* cycle = cycleAt(run, event);
  if (cycle != nullptr && scansRegisters(run, *cycle)) {
    const Frame& innermost = cycle->frames.front();
    finding.code = "gc-scan-suspends";
    finding.function = functionRef(run, cycle->thread, innermost.instance, innermost.function);
    finding.explanation += fmt::format(
        " It suspended in {}, which scans the stack for a garbage collector: that is an unwind and "
        "a rewind, so every export under which memory is allocated may suspend.",
        functionText(*finding.function));
  }
  return finding;
}

// A GlueWaits event is named by its number on its instance.
const HostEvent* waitsOf(const Run& run, const HostEvent& unused) {
  std::uint64_t number = 0;
  for (const HostEvent& event : run.host) {
    if (event.kind != EventKind::GlueWaits || event.place.thread != unused.place.thread ||
        event.instance != unused.instance) {
      continue;
    }
    if (number++ == unused.position) return &event;
  }
  return nullptr;
}

void checkCcall(const Run& run, std::vector<Finding>& findings) {
  for (const HostEvent& event : run.host) {
    if (event.kind == EventKind::GluePromiseUnused && event.detail == kOptionNotSet) {
      const HostEvent* waits = waitsOf(run, event);
      if (waits != nullptr && waits->position == 0) {
        findings.push_back(notAsync(run, *waits, waits->function, false));
      }
    } else if (event.kind == EventKind::Aborted && says(event, "is running asynchronously.")) {
      const Cycle* cycle = cycleAt(run, event);
      if (cycle == nullptr || !cycle->returnedEarly) continue;
      findings.push_back(notAsync(run, event, cycle->returnedEarly->function, true));
    }
  }
}

// A promise that was made when an export had completed: it settles with another call's result.
void checkForeignPromise(const Run& run, std::vector<Finding>& findings) {
  for (const HostEvent& event : run.host) {
    if (event.kind != EventKind::GlueWaits || event.position != 1) continue;
    Finding finding = findingAt(event, 11, "embind-currdata-misattribution", Phase::Suspended);
    finding.explanation = fmt::format(
        "A call that had completed got a promise, because another stack was suspended (cycle {}): "
        "its caller gets the result of that other call, and its own is lost.",
        event.cycle);
    findings.push_back(std::move(finding));
  }
}

// The frame of the host's own code that called the export: the first in another script than the
// glue, whose wrapper is the innermost frame. Empty: there is none, so the glue itself called.
std::string hostFrame(const std::string& stackText) {
  const std::vector<EngineFrame> stack = parseEngineStack(stackText);
  if (stack.empty()) return "";
  for (const EngineFrame& frame : stack) {
    if (frame.wasm || frame.script == stack.front().script) continue;
    if (frame.script.starts_with("node:")) return "";
    return fmt::format("{}:{}", frame.script.substr(frame.script.rfind('/') + 1), frame.line);
  }
  return "";
}

void checkEarlyResults(const Run& run, std::vector<Finding>& findings) {
  for (const HostEvent& event : run.host) {
    if (event.kind != EventKind::ResultDiffers) continue;
    const auto json = nlohmann::json::parse(event.text, nullptr, false);
    if (!json.is_object()) continue;
    const std::string caller = hostFrame(json.value("stack", ""));
    if (caller.empty()) continue;
    Finding finding = findingAt(event, 11, "raw-export-early-return", Phase::Host);
    finding.function = functionRef(run, event.place.thread, event.instance, event.function);
    finding.certainty = Certainty::Likely;
    finding.explanation = fmt::format(
        "{} was called at {} as if it did not suspend: it returned {} when its stack was unwound. "
        "Its result, {}, came later, and went to nobody.",
        functionText(*finding.function), caller, json.value("early", ""), json.value("final", ""));
    findings.push_back(std::move(finding));
  }
}

void checkErrors(const Run& run, const std::vector<Thrown>& thrown, const Cycle* cycle,
                 std::vector<Finding>& findings) {
  for (const Thrown& error : thrown) {
    if (!error.orphan || !run.uncaught || *run.uncaught != error.text) continue;
    Finding finding;
    finding.code = "rewind-error-escapes-caller";
    finding.invariant = 11;
    finding.phase = Phase::Rewind;
    finding.cycle = cycle != nullptr ? cycle->number : error.cycle;
    finding.place = error.place;
    finding.instance = error.instance;
    finding.function = functionRef(run, error.place.thread, error.instance, error.function);
    finding.explanation = fmt::format(
        "An error left {} after it had been resumed: {}. Its caller had long got its return, and "
        "no "
        "promise; so the error surfaced in what resumed it, where nobody catches it.",
        functionText(*finding.function), error.text);
    findings.push_back(std::move(finding));
  }
}

void checkPostRun(const Run& run, std::vector<Finding>& findings) {
  for (const HostEvent& event : run.host) {
    if (event.kind != EventKind::GluePostRun) continue;
    Finding finding = findingAt(event, 11, "postrun-or-exit-early", Phase::Suspended);
    finding.certainty = Certainty::Likely;
    finding.explanation =
        "main suspended for the first time, and returned to the glue, which takes that for its "
        "end: "
        "what is to come after main (Module.postRun) came then.";
    findings.push_back(std::move(finding));
  }
}

void checkKeptAlive(const Run& run, std::vector<Finding>& findings) {
  for (const HostEvent& event : run.host) {
    if (event.kind != EventKind::GlueKeepsAlive) continue;
    Finding finding = findingAt(event, 11, "keepalive-imbalance", Phase::After);
    finding.certainty = Certainty::Likely;
    finding.explanation =
        "When the program had nothing left to do, its runtime was still kept alive, which it was "
        "not "
        "when the first sleep began: a push of the counter was never popped. What runs at exit did "
        "not run.";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void checkCallerWaits(const Run& run, std::vector<Finding>& findings) {
  checkCcall(run, findings);
  checkForeignPromise(run, findings);
  checkEarlyResults(run, findings);
  checkErrors(run, run.thrown, nullptr, findings);
  for (const Cycle& cycle : run.cycles) checkErrors(run, cycle.thrown, &cycle, findings);
  checkPostRun(run, findings);
  checkKeptAlive(run, findings);
}

}  // namespace asyncscope::analyzer
