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
                  Phase::Rewind, step.place);
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
}

}  // namespace

void checkRewindOrder(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    if (cycle.internalControl) continue;
    if (cycle.stopUnwind && cycle.startRewind) checkCycle(run, cycle, findings);
  }
}

}  // namespace asyncscope::analyzer
