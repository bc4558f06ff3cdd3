// After abort(), and while it exits, Emscripten's runtime does not suspend any more: handleSleep
// returns at once, the exports still run, and nothing waits for anything. (Invariant 4: that state
// is one of the glue's own, beside the three of the module.)
#include <fmt/format.h>

#include "analyzer/invariants/host.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

using record::EventKind;

constexpr std::uint32_t kDisabled = 3;

const HostEvent* abortBefore(const Run& run, const HostEvent& event) {
  for (const HostEvent& other : run.host) {
    if (other.kind == EventKind::Aborted && other.place.thread == event.place.thread &&
        other.instance == event.instance && other.place < event.place) {
      return &other;
    }
  }
  return nullptr;
}

}  // namespace

void checkShutDown(const Run& run, std::vector<Finding>& findings) {
  for (const HostEvent& event : run.host) {
    if (event.kind != EventKind::GlueRefused) continue;
    const bool shutDown = event.detail == kDisabled;
    Finding finding =
        findingAt(event, 4, shutDown ? "suspend-after-shutdown" : "abort-disables-suspend",
                  shutDown ? Phase::Host : Phase::After);
    finding.cycle = 0;
    if (shutDown) {
      finding.explanation =
          "The program wanted to suspend while its runtime exits, when Asyncify has been shut "
          "down: "
          "nothing is waited for, and what came after the sleep does not come.";
    } else {
      const HostEvent* abort = abortBefore(run, event);
      const std::string message =
          abort == nullptr ? "" : abort->text.substr(0, abort->text.find('\n'));
      finding.explanation = fmt::format(
          "The program wanted to suspend after abort() ({}): from then on handleSleep returns at "
          "once, and nothing waits any more.",
          message);
    }
    findings.push_back(std::move(finding));
  }
}

}  // namespace asyncscope::analyzer
