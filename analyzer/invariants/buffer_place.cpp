// Invariant 3, of the buffer's place: no byte of it belongs to anybody else.
//
// What can be seen: records that were written where the module has data of its own. A segment alone
// proves nothing, as a buffer may be a variable of the program: there must have been something in
// the bytes that were overwritten, before the first unwind into this buffer.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

struct Hit {
  std::uint64_t first = 0, count = 0;
};

Hit overwrittenData(const record::ModuleTable& module, const Cycle& cycle) {
  Hit hit;
  const std::uint64_t begin = cycle.heldAddress, end = begin + cycle.held.size();
  auto data = std::lower_bound(
      module.data.begin(), module.data.end(), begin,
      [](const record::DataEntry& entry, std::uint64_t wanted) { return entry.end <= wanted; });
  for (; data != module.data.end() && data->begin < end; ++data) {
    for (std::uint64_t at = std::max(begin, data->begin); at < std::min(end, data->end); ++at) {
      if (cycle.held[at - begin] == 0) continue;
      if (hit.count++ == 0) hit.first = at;
    }
  }
  return hit;
}

}  // namespace

void checkBufferPlace(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    const record::ModuleTable* module = run.moduleOf(cycle.thread, cycle.instance);
    if (module == nullptr || cycle.held.empty() || cycle.dataPointer == 0) continue;
    const Hit hit = overwrittenData(*module, cycle);
    if (hit.count == 0) continue;
    Finding finding =
        findingIn(cycle, 3, "buffer-overlaps-program-data", Phase::Unwind, cycle.startUnwind.place);
    finding.corrupts = true;
    finding.explanation = fmt::format(
        "The buffer at {:#x} lies over the program's own data: the records of cycle {} were "
        "written over {} bytes that the module had put there, the first at {:#x}.",
        cycle.dataPointer, cycle.number, hit.count, hit.first);
    findings.push_back(std::move(finding));
  }
}

}  // namespace asyncscope::analyzer
