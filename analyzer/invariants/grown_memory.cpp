// Invariant 6, of views: what an import holds of the memory when it suspends is still attached when
// it goes on.
//
// Emscripten allocates the buffer within the import that suspends. Where that makes the memory
// grow, every view that the import took before is detached, and what it writes there is lost. The
// views themselves cannot be seen: there is something to say only where the import's own text
// speaks of views, and not a byte of memory was written until the stack was resumed.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

bool sameFrame(const EngineFrame& a, const EngineFrame& b) {
  return a.wasm == b.wasm && a.name == b.name && a.script == b.script && a.function == b.function &&
         a.offset == b.offset;
}

// The frames that both have at the outer end.
std::size_t commonOuterFrames(const std::vector<EngineFrame>& a,
                              const std::vector<EngineFrame>& b) {
  std::size_t count = 0;
  while (count < a.size() && count < b.size() &&
         sameFrame(a[a.size() - 1 - count], b[b.size() - 1 - count])) {
    ++count;
  }
  return count;
}

// The JavaScript of the import that both the growth and the unwind came from: what the innermost
// wasm frame of both called. nullptr: they came from different calls.
const EngineFrame* importOfBoth(const Cycle& cycle) {
  const auto& unwind = cycle.stack.items();
  const auto& growth = cycle.growth->stack;
  const std::size_t common = commonOuterFrames(unwind, growth);
  std::size_t program = unwind.size() - common;
  while (program < unwind.size() && !unwind[program].wasm) ++program;
  const std::size_t outer = unwind.size() - program;  // frames from there on, the same in both
  if (program == unwind.size() || program == 0 || outer >= growth.size()) return nullptr;
  const EngineFrame& import = unwind[program - 1];
  const std::size_t other = growth.size() - outer - 1;
  // Wasm frames further in, of the allocator: the import called it.
  const bool allocates =
      std::any_of(growth.begin(), growth.begin() + static_cast<std::ptrdiff_t>(other),
                  [](const EngineFrame& frame) { return frame.wasm; });
  const bool same = !import.wasm && !growth[other].wasm && import.name == growth[other].name;
  return same && allocates ? &import : nullptr;
}

}  // namespace

void checkGrownMemory(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    if (!cycle.growth || cycle.stackInferred) continue;
    if (!cycle.growth->handlesViews || !cycle.nothingWritten) continue;
    const EngineFrame* import = importOfBoth(cycle);
    if (import == nullptr) continue;
    Finding finding =
        findingIn(cycle, 6, "buffer-alloc-grows-memory", Phase::Unwind, cycle.growth->place);
    if (const auto frame =
            std::find_if(cycle.frames.begin(), cycle.frames.end(),
                         [](const Frame& f) { return f.fate != Frame::Fate::JavaScript; });
        frame != cycle.frames.end()) {
      finding.instance = frame->instance;
      finding.function = functionRef(run, cycle.thread, frame->instance, frame->function);
    }
    finding.certainty = Certainty::Likely;
    finding.explanation = fmt::format(
        "The import {} made the memory grow from {} to {} bytes while it prepared its suspend: "
        "views of the memory that it had taken before are detached, and what is written through "
        "them is lost. Its text speaks of such views, and nothing was written to the memory until "
        "it was resumed.",
        import->name, cycle.growth->before, cycle.growth->after);
    findings.push_back(std::move(finding));
  }
}

}  // namespace asyncscope::analyzer
