// Invariant 2: the rewind enters the same functions in reverse order, and each pops exactly the
// record that it pushed.
//
// A function entered at a position pops the record that ends there. So a rewind is right when the
// functions entered, outermost first, are those that pushed, each at the end of its record.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

// The records in the buffer, the last pushed first: what the rewind has to pop.
std::vector<const Step*> recordsToPop(const Cycle& cycle) {
  std::vector<const Step*> records;
  std::uint64_t position = cycle.startUnwind.position;
  for (const Step& step : cycle.unwind) {
    const bool pushed = step.kind == Step::Kind::Saved ||
                        (step.kind == Step::Kind::Left && step.position != position);
    if (pushed) records.push_back(&step);
    position = step.position;
  }
  std::reverse(records.begin(), records.end());
  return records;
}

// A plain function on the way is entered as well, from its top, and pops nothing.
bool isPlain(const Run& run, const Cycle& cycle, const Step& step) {
  const record::ModuleTable* module = run.moduleOf(cycle.thread, step.instance);
  const record::FunctionEntry* entry =
      module == nullptr ? nullptr : module->function(step.function);
  return entry != nullptr && !entry->instrumented;
}

// Positions are told as bytes in the buffer, as the reports show them.
std::int64_t fromStart(const Cycle& cycle, std::uint64_t position) {
  return static_cast<std::int64_t>(position - cycle.startUnwind.position);
}

// A rewind makes the call again that was active. Where a call through the table traps, there is
// nobody of that type any more in the place of the function that has to be rewound.
void checkTrapAtCall(const Run& run, const Cycle& cycle, const Step& last, const Step& wanted,
                     std::vector<Finding>& findings) {
  if (cycle.thrown.empty() || !cycle.thrown.front().trap) return;
  const Thrown& thrown = cycle.thrown.front();
  const record::ModuleTable* module = run.moduleOf(cycle.thread, last.instance);
  const auto frame = std::find_if(cycle.frames.begin(), cycle.frames.end(), [&](const Frame& f) {
    return f.fate == Frame::Fate::Saved && f.instance == last.instance &&
           f.function == last.function && f.recordEnd == last.position;
  });
  if (module == nullptr || frame == cycle.frames.end() || !frame->site) return;
  const record::SiteEntry* site = module->site(frame->function, *frame->site);
  if (site == nullptr || site->kind == record::SiteKind::Call) return;
  const std::vector<EngineFrame> stack = parseEngineStack(thrown.stack);
  const auto trapped = std::find_if(stack.begin(), stack.end(),
                                    [](const EngineFrame& engine) { return engine.wasm; });
  if (trapped == stack.end() || trapped->function != last.function ||
      module->originalOffset(trapped->offset) != site->offset) {
    return;
  }
  Finding finding = findingIn(cycle, 2, "rewind-path-divergence", Phase::Rewind, thrown.place);
  finding.instance = last.instance;
  finding.function = functionRef(run, cycle.thread, last.instance, last.function);
  finding.site = SiteRef{site->offset, site->kind};
  finding.explanation = fmt::format(
      "The rewind made the {} at {:#x} in {} again, which had led to {}, and trapped in it: there "
      "is no function of that type in that place any more.",
      siteKindName(site->kind), site->offset, functionText(*finding.function),
      functionText(functionRef(run, cycle.thread, wanted.instance, wanted.function)));
  findings.push_back(std::move(finding));
}

void checkCycle(const Run& run, const Cycle& cycle, std::vector<Finding>& findings) {
  const std::vector<const Step*> expected = recordsToPop(cycle);
  std::size_t next = 0;
  for (const Step& step : cycle.rewind) {
    if (step.kind != Step::Kind::Entered || isPlain(run, cycle, step)) continue;
    const bool right = next < expected.size() && step.instance == expected[next]->instance &&
                       step.function == expected[next]->function &&
                       step.position == expected[next]->position;
    if (right) {
      ++next;
      continue;
    }
    const bool entry = next == 0;
    Finding finding =
        findingIn(cycle, 2, entry ? "rewind-entry-mismatch" : "rewind-path-divergence",
                  Phase::Rewind, cycle.placeOf(step.event, Phase::Rewind));
    finding.instance = step.instance;
    finding.function = functionRef(run, cycle.thread, step.instance, step.function);
    const std::string who = functionText(*finding.function);
    if (next >= expected.size()) {
      finding.explanation =
          fmt::format("The rewind entered {} at position {}, after every record had been popped.",
                      who, fromStart(cycle, step.position));
    } else {
      const FunctionRef wanted =
          functionRef(run, cycle.thread, expected[next]->instance, expected[next]->function);
      finding.explanation = fmt::format(
          "The rewind entered {} at position {} where {} at position {} had to come: it pops a "
          "record that is not its own.",
          who, fromStart(cycle, step.position), functionText(wanted),
          fromStart(cycle, expected[next]->position));
    }
    findings.push_back(std::move(finding));
    return;  // what follows the first difference follows from it
  }
  if (next > 0 && next < expected.size()) {
    checkTrapAtCall(run, cycle, *expected[next - 1], *expected[next], findings);
  }
}

}  // namespace

void checkRewindOrder(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    if (cycle.internalControl) continue;
    if (cycle.stopUnwind && cycle.startRewind) checkCycle(run, cycle, findings);
  }
}

}  // namespace asyncscope::analyzer
