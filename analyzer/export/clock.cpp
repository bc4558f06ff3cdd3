#include "analyzer/export/clock.h"

#include <algorithm>

namespace asyncscope::exports {

using analyzer::Control;
using analyzer::Cycle;
using analyzer::EventPlace;

Clock::Clock(const analyzer::Run& run) {
  const auto note = [&](const Control& control) {
    threads_[control.place.thread].readings.push_back({control.place.event, control.time});
  };
  for (const Cycle& cycle : run.cycles) {
    note(cycle.startUnwind);
    if (cycle.stopUnwind) note(*cycle.stopUnwind);
    if (cycle.startRewind) note(*cycle.startRewind);
    if (cycle.stopRewind) note(*cycle.stopRewind);
  }
  for (auto& [number, thread] : threads_) {
    std::vector<Reading>& readings = thread.readings;
    std::sort(readings.begin(), readings.end(),
              [](const Reading& a, const Reading& b) { return a.event < b.event; });
    thread.ticks = std::any_of(readings.begin(), readings.end(),
                               [](const Reading& reading) { return reading.time != 0; });
    std::uint64_t before = readings.front().time;
    for (Reading& reading : readings) {
      if (!thread.ticks) {
        reading.time = reading.event;
        continue;
      }
      // The step from one reading to the next, modulo 2^32; half of that range and more is a step
      // back, which a clock does not make: then no time has passed.
      const auto step =
          static_cast<std::uint32_t>(reading.time) - static_cast<std::uint32_t>(before);
      before += step < 0x80000000u ? step : 0;
      reading.time = before;
    }
  }
}

std::uint64_t Clock::at(EventPlace place) const {
  const auto thread = threads_.find(place.thread);
  if (thread == threads_.end()) return 0;
  const std::vector<Reading>& readings = thread->second.readings;
  const auto after =
      std::upper_bound(readings.begin(), readings.end(), place.event,
                       [](std::uint64_t event, const Reading& r) { return event < r.event; });
  return after == readings.begin() ? 0 : std::prev(after)->time;
}

CycleSpan Clock::span(const Cycle& cycle) const {
  CycleSpan span;
  span.begin = at(cycle.startUnwind.place);
  span.unwound = cycle.stopUnwind ? at(cycle.stopUnwind->place) : span.begin;
  span.resumed = span.unwound;
  if (cycle.startRewind) {
    span.resumed = at(cycle.startRewind->place);
  } else if (cycle.stopUnwind) {
    span.resumed = threads_.at(cycle.thread).readings.back().time;
  }
  span.end = cycle.stopRewind ? at(cycle.stopRewind->place) : span.resumed;
  return span;
}

bool Clock::ticks(std::uint32_t thread) const {
  const auto found = threads_.find(thread);
  return found != threads_.end() && found->second.ticks;
}

}  // namespace asyncscope::exports
