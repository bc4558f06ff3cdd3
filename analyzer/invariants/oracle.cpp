// Invariant 6 where suspends are forced: the oracle compares memory, globals and tables around the
// trips, so what differs was changed by the cycle itself.
//
// Nothing of the host runs within a forced cycle. The C stack pointer is invariant 7's.
#include <fmt/format.h>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

// The frame whose C stack holds the address. While a stack unwinds the pointer stays where the
// innermost frame left it, but for plain frames, which raise it: only where it moves is the border
// between two frames seen.
const Frame* frameAt(const Cycle& cycle, std::uint64_t address, std::uint64_t base) {
  const Frame* found = nullptr;
  std::uint64_t below = 0;
  for (const Frame& frame : cycle.frames) {
    if (frame.fate == Frame::Fate::JavaScript || frame.sp == 0) continue;
    if (found != nullptr && frame.sp > below && address < frame.sp) return found;
    if (frame.sp > address) return found;
    if (frame.sp != below) {
      found = &frame;
      below = frame.sp;
    }
  }
  const bool moves = !cycle.frames.empty() && found != nullptr && below != cycle.startUnwind.sp;
  return moves && address < base ? found : nullptr;
}

std::string placeText(const Run& run, const Cycle& cycle, const OracleChange& change) {
  if (change.stackBase != 0 && change.address >= cycle.startUnwind.sp) {
    std::string text = fmt::format("in the C stack, {} bytes above its pointer",
                                   change.address - cycle.startUnwind.sp);
    if (const Frame* frame = frameAt(cycle, change.address, change.stackBase)) {
      text += fmt::format(
          ", in the frame of {}",
          functionText(functionRef(run, cycle.thread, frame->instance, frame->function)));
    }
    return text;
  }
  return change.inData ? "in the module's data" : "outside the module's data, in the heap";
}

Finding memoryFinding(const Run& run, const Cycle& cycle, const OracleChange& change) {
  Finding finding =
      findingIn(cycle, 6, "memory-written-while-unwinding", change.phase, change.place);
  finding.explanation = fmt::format(
      "{} bytes outside the buffer changed while the stack was {}; the first is at {:#x}, {}: {} "
      "became {}.",
      change.bytes, change.phase == Phase::Unwind ? "unwinding" : "rewinding", change.address,
      placeText(run, cycle, change), change.before, change.after);
  return finding;
}

Finding valueFinding(const Cycle& cycle, const OracleChange& change) {
  const bool global = change.what == OracleChange::What::Global;
  Finding finding =
      findingIn(cycle, 6, "global-changed-while-unwinding", Phase::Rewind, change.place);
  finding.explanation = fmt::format(
      "{} {} was {} before the unwind and {} after the rewind: something of the program ran in "
      "between.",
      global ? "Global" : "The length of table", change.index, change.before, change.after);
  return finding;
}

// The site that stood nearest to the import is what the change is to be looked for above.
void name(const Run& run, const Cycle& cycle, Finding& finding) {
  for (const Frame& frame : cycle.frames) {
    if (frame.fate == Frame::Fate::JavaScript) continue;
    const bool ranOn = frame.fate == Frame::Fate::NotSaved;
    if (!ranOn && &frame != &cycle.frames.front()) continue;
    finding.instance = frame.instance;
    finding.function = functionRef(run, cycle.thread, frame.instance, frame.function);
    const record::ModuleTable* module = run.moduleOf(cycle.thread, frame.instance);
    const record::SiteEntry* site =
        module == nullptr || !frame.site ? nullptr : module->site(frame.function, *frame.site);
    finding.site.reset();
    if (site != nullptr) finding.site = SiteRef{site->offset, site->kind};
    if (ranOn) return;
  }
}

}  // namespace

void checkOracle(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    const record::ModuleTable* module = run.moduleOf(cycle.thread, cycle.instance);
    for (const OracleChange& change : cycle.oracleChanges) {
      const bool isStackPointer = change.what == OracleChange::What::Global && module != nullptr &&
                                  change.index == module->stackPointerGlobal;
      if (isStackPointer) continue;
      Finding finding = change.what == OracleChange::What::Memory
                            ? memoryFinding(run, cycle, change)
                            : valueFinding(cycle, change);
      name(run, cycle, finding);
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace asyncscope::analyzer
