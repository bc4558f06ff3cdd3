// Time for events that carry a clock of 32 bits, or none.
//
// Control events carry microseconds modulo 2^32 (71 minutes); here they are unwrapped per thread,
// in the order of the events. A thread whose clock never moved (a trace written by hand, or by a
// runtime without a clock) gets the number of the event as its time, so that the order is kept.
// The clocks of two threads begin separately and are not aligned.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "analyzer/cycles/run.h"

namespace asyncscope::exports {

// The borders of a cycle, in microseconds since the thread's recording began. A part that the trace
// does not show ends where it began, but for a suspend that is never resumed: it lasts to the end.
struct CycleSpan {
  std::uint64_t begin = 0;    // start_unwind
  std::uint64_t unwound = 0;  // stop_unwind
  std::uint64_t resumed = 0;  // start_rewind
  std::uint64_t end = 0;      // stop_rewind
};

class Clock {
 public:
  explicit Clock(const analyzer::Run& run);

  // Of the last control event at or before this place; 0 before the first.
  std::uint64_t at(analyzer::EventPlace place) const;
  CycleSpan span(const analyzer::Cycle& cycle) const;
  // Whether the thread's clock moved: its times are microseconds, not event numbers.
  bool ticks(std::uint32_t thread) const;

 private:
  struct Reading {
    std::uint64_t event = 0;
    std::uint64_t time = 0;
  };
  struct Thread {
    std::vector<Reading> readings;  // by event
    bool ticks = false;
  };

  std::map<std::uint32_t, Thread> threads_;
};

}  // namespace asyncscope::exports
