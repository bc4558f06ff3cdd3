// Invariant 7, where a longjmp is caught: a frame that catches has the C stack pointer that it had.
//
// invoke_* notes the pointer when it is entered and restores it when it catches. A rewind enters it
// anew, with the pointer already where the innermost frame left it: what it restores is too low. A
// longjmp made of Asyncify itself rewinds a copy of the records, and records do not hold the
// pointer.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/imports.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

bool isWasm(const Frame& frame) { return frame.fate != Frame::Fate::JavaScript; }

// The same functions at the same calls.
bool sameFrames(const Cycle& a, const Cycle& b) {
  const auto shape = [](const Cycle& cycle) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> frames;
    for (const Frame& frame : cycle.frames) {
      if (isWasm(frame)) frames.emplace_back(frame.function, frame.site.value_or(0));
    }
    return frames;
  };
  return a.thread == b.thread && a.instance == b.instance && !a.frames.empty() &&
         shape(a) == shape(b);
}

// The frame that called the JavaScript around `inner`; nullptr: there is none.
const Frame* catcherOf(const Cycle& cycle, std::uint32_t inner) {
  for (std::size_t i = 0; i + 1 < cycle.frames.size(); ++i) {
    if (!isWasm(cycle.frames[i]) || cycle.frames[i].function != inner) continue;
    if (isWasm(cycle.frames[i + 1])) continue;
    const auto outer = std::find_if(cycle.frames.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                    cycle.frames.end(), isWasm);
    return outer == cycle.frames.end() ? nullptr : &*outer;
  }
  return nullptr;
}

void checkInvoke(const Run& run, const Cycle& cycle, std::vector<Finding>& findings) {
  if (cycle.caughtAfter.empty() || !cycle.stopRewind || cycle.number >= run.cycles.size()) return;
  const Cycle& next = run.cycles[cycle.number];  // numbers begin at 1
  if (!sameFrames(cycle, next) || next.startUnwind.sp >= cycle.startUnwind.sp) return;
  const ExportUse& caught = cycle.caughtAfter.back();
  const Frame* catcher = catcherOf(cycle, caught.function);
  if (catcher == nullptr) return;
  Finding finding = findingIn(cycle, 7, "invoke-longjmp-sp-leak", Phase::After, caught.place);
  finding.instance = catcher->instance;
  finding.function = functionRef(run, cycle.thread, catcher->instance, catcher->function);
  if (catcher->site) {
    const auto* module = run.moduleOf(cycle.thread, catcher->instance);
    if (const auto* site =
            module == nullptr ? nullptr : module->site(catcher->function, *catcher->site)) {
      finding.site = SiteRef{site->offset, site->kind};
    }
  }
  finding.explanation = fmt::format(
      "A longjmp or an exception was caught around {} after the resume. The invoke_* under {} had "
      "been entered again by the rewind, when the C stack pointer was at {}, where the innermost "
      "frame had left it, and restores that. The same frames suspended next with the pointer {} "
      "bytes lower: that much C stack is lost, each time, until {} returns.",
      functionText(functionRef(run, cycle.thread, cycle.instance, caught.function)),
      functionText(*finding.function), caught.sp, cycle.startUnwind.sp - next.startUnwind.sp,
      functionText(*finding.function));
  findings.push_back(std::move(finding));
}

void checkCopies(const Run& run, const Cycle& cycle, std::vector<Finding>& findings) {
  const record::ModuleTable* module = run.moduleOf(cycle.thread, cycle.instance);
  if (module == nullptr || module->stackPointerGlobal == record::kNoIndex) return;
  for (const Control& stop : cycle.rewoundAgain) {
    if (stop.sp == cycle.startUnwind.sp) continue;
    const bool lower = stop.sp < cycle.startUnwind.sp;
    Finding finding = findingIn(cycle, 7, "sjlj-on-asyncify-leak", Phase::After, stop.place);
    if (!cycle.frames.empty() && isWasm(cycle.frames.front())) {
      const Frame& inner = cycle.frames.front();
      finding.instance = inner.instance;
      finding.function = functionRef(run, cycle.thread, inner.instance, inner.function);
    }
    finding.explanation = fmt::format(
        "The host rewound a copy of the stack of cycle {}, as a longjmp. That stack had its C "
        "stack pointer at {}, and the rewind of the copy ended with it at {}: records do not hold "
        "the pointer. {}",
        cycle.number, cycle.startUnwind.sp, stop.sp,
        lower ? "The C stack of the frames that were thrown away is lost, each time."
              : "The C stack of the frames that go on lies below it, and is overwritten.");
    findings.push_back(std::move(finding));
    return;
  }
}

}  // namespace

void checkLongjmp(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    if (cycle.internalControl) continue;
    checkInvoke(run, cycle, findings);
    checkCopies(run, cycle, findings);
  }
}

}  // namespace asyncscope::analyzer
