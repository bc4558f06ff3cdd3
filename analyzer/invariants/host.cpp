#include "analyzer/invariants/host.h"

#include <fmt/format.h>

#include <algorithm>

namespace asyncscope::analyzer {

Finding findingAt(const HostEvent& event, int invariant, std::string code, Phase phase) {
  Finding finding;
  finding.code = std::move(code);
  finding.invariant = invariant;
  finding.phase = phase;
  finding.cycle = event.cycle;
  finding.place = event.place;
  finding.instance = event.instance;
  return finding;
}

bool hasGlue(const Run& run, const HostEvent& event) {
  return std::any_of(run.host.begin(), run.host.end(), [&](const HostEvent& other) {
    return other.kind == record::EventKind::GlueFound && other.place.thread == event.place.thread &&
           other.instance == event.instance;
  });
}

bool hasCycle(const Run& run, const HostEvent& event) {
  return std::any_of(run.cycles.begin(), run.cycles.end(), [&](const Cycle& cycle) {
    return cycle.thread == event.place.thread && cycle.instance == event.instance;
  });
}

bool says(const HostEvent& aborted, std::string_view message) {
  const std::string_view text = aborted.text;
  return text.substr(0, text.find('\n')).find(message) != std::string_view::npos;
}

bool wasEnteredPast(const Run& run, const Cycle& cycle) {
  return std::any_of(run.host.begin(), run.host.end(), [&](const HostEvent& event) {
    return event.kind == record::EventKind::EnteredPast && event.cycle == cycle.number;
  });
}

const Cycle* sleepingOnOtherThread(const Run& run, const Misstep& misstep) {
  if (misstep.kind != Misstep::Kind::RewindNotNormal || misstep.dataPointer.value_or(0) == 0) {
    return nullptr;
  }
  const std::uint32_t thread = misstep.control.place.thread;
  const auto* module = run.moduleOf(thread, misstep.instance);
  for (const Cycle& cycle : run.cycles) {
    if (cycle.thread == thread || !cycle.stopUnwind || cycle.startRewind) continue;
    if (cycle.dataPointer != *misstep.dataPointer) continue;
    const auto* other = run.moduleOf(cycle.thread, cycle.instance);
    if (module != nullptr && other != nullptr && module->hash == other->hash) return &cycle;
  }
  return nullptr;
}

std::string importText(const Run& run, const HostEvent& event) {
  if (const auto* module = run.moduleOf(event.place.thread, event.instance)) {
    for (const record::ImportEntry& import : module->imports) {
      if (import.index == event.function) return import.module + "." + import.name;
    }
  }
  return fmt::format("func[{}]", event.function);
}

const Frame* callerOfImport(const Run& run, const Cycle& cycle, std::uint32_t import) {
  for (const Frame& frame : cycle.frames) {
    const auto* module = run.moduleOf(cycle.thread, frame.instance);
    if (module == nullptr || !frame.site) continue;
    const record::SiteEntry* site = module->site(frame.function, *frame.site);
    if (site != nullptr && site->kind == record::SiteKind::Call && site->target == import) {
      return &frame;
    }
  }
  return nullptr;
}

}  // namespace asyncscope::analyzer
