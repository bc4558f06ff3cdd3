#include "analyzer/html/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::html {
namespace {

using analyzer::Cycle;
using analyzer::Frame;
using analyzer::Run;
using analyzer::Step;

bool isPlain(const Run& run, const Cycle& cycle, const Step& step) {
  const record::ModuleTable* module = run.moduleOf(cycle.thread, step.instance);
  const record::FunctionEntry* entry =
      module == nullptr ? nullptr : module->function(step.function);
  return entry != nullptr && !entry->instrumented;
}

bool sameFunction(const Frame& frame, const Step& step) {
  return frame.fate != Frame::Fate::JavaScript && frame.instance == step.instance &&
         frame.function == step.function;
}

// Steps of the unwind that belong to no frame stand before the frame that was decided after them.
std::vector<Row> rowsOfUnwind(const Cycle& cycle) {
  std::vector<Row> rows;
  auto extra = cycle.extra.begin();
  for (std::size_t i = 0; i < cycle.frames.size(); ++i) {
    for (; extra != cycle.extra.end() && extra->event < cycle.frames[i].event; ++extra) {
      rows.push_back({std::nullopt, &*extra, nullptr});
    }
    rows.push_back({i, nullptr, nullptr});
  }
  for (; extra != cycle.extra.end(); ++extra) rows.push_back({std::nullopt, &*extra, nullptr});
  return rows;
}

// From the outermost row inward: each function that the rewind entered takes the next row of that
// function; where there is none, it gets a row between its neighbours in time.
void addRewind(const Cycle& cycle, std::vector<Row>& rows) {
  std::size_t below = rows.size();  // rows from here on are taken
  for (const Step& step : cycle.rewind) {
    if (step.kind != Step::Kind::Entered) continue;
    std::size_t at = below;
    while (at > 0 &&
           !(rows[at - 1].frame && sameFunction(cycle.frames[*rows[at - 1].frame], step))) {
      --at;
    }
    if (at > 0) {
      below = at - 1;
      rows[below].entered = &step;
    } else {
      rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(below),
                  {std::nullopt, nullptr, &step});
    }
  }
}

std::optional<Difference> differenceInUnwind(const Cycle& cycle, const std::vector<Row>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].extra != nullptr)
      return Difference{i, false, "ran during the unwind, though no frame of it was on the stack"};
    if (!rows[i].frame) continue;
    const Frame& frame = cycle.frames[*rows[i].frame];
    if (frame.fate == Frame::Fate::NotSaved) {
      return Difference{i, false, "left in the unwind without pushing a record"};
    }
    if (frame.fate == Frame::Fate::NotReached) {
      return Difference{i, false, "the unwind ended before it came to this frame"};
    }
  }
  return std::nullopt;
}

std::string expectation(const Run& run, const Cycle& cycle, const Frame& frame) {
  return fmt::format("{} at position {}",
                     analyzer::functionText(
                         analyzer::functionRef(run, cycle.thread, frame.instance, frame.function)),
                     frame.recordEnd);
}

std::optional<Difference> differenceInRewind(const Run& run, const Cycle& cycle,
                                             const std::vector<Row>& rows) {
  if (!cycle.startRewind) return std::nullopt;
  std::vector<std::size_t> saved;  // rows, outermost first
  for (std::size_t i = rows.size(); i-- > 0;) {
    if (rows[i].frame && cycle.frames[*rows[i].frame].fate == Frame::Fate::Saved)
      saved.push_back(i);
  }
  std::size_t next = 0;
  for (const Step& step : cycle.rewind) {
    if (step.kind != Step::Kind::Entered || isPlain(run, cycle, step)) continue;
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const Row& candidate) { return candidate.entered == &step; });
    const auto at = static_cast<std::size_t>(row - rows.begin());
    if (next == saved.size()) return Difference{at, true, "entered though every record was popped"};
    const Frame& expected = cycle.frames[*rows[saved[next]].frame];
    if (saved[next] != at || step.position != expected.recordEnd) {
      return Difference{
          at, true,
          "entered where the record of " + expectation(run, cycle, expected) + " had to be popped"};
    }
    ++next;
  }
  if (next < saved.size() && !cycle.completed()) {
    return Difference{saved[next], true, "the rewind ended before it came to this frame"};
  }
  if (cycle.stopRewind && cycle.stopRewind->sp != cycle.startUnwind.sp && !rows.empty()) {
    return Difference{0, true,
                      fmt::format("the C stack came back at {} where it was left at {}",
                                  cycle.stopRewind->sp, cycle.startUnwind.sp)};
  }
  return std::nullopt;
}

}  // namespace

SideBySide compareHalves(const Run& run, const Cycle& cycle) {
  SideBySide result;
  result.rows = rowsOfUnwind(cycle);
  addRewind(cycle, result.rows);
  result.first = differenceInUnwind(cycle, result.rows);
  if (!result.first) result.first = differenceInRewind(run, cycle, result.rows);
  return result;
}

}  // namespace asyncscope::html
