#include "analyzer/export/clock.h"

#include <gtest/gtest.h>

namespace asyncscope::exports {
namespace {

using analyzer::Control;
using analyzer::Cycle;

Control control(std::uint64_t event, std::uint32_t time) {
  Control result;
  result.place = {0, event};
  result.time = time;
  return result;
}

analyzer::Run runOf(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  analyzer::Run run;
  Cycle cycle;
  cycle.number = 1;
  cycle.startUnwind = control(10, a);
  cycle.stopUnwind = control(20, b);
  cycle.startRewind = control(30, c);
  cycle.stopRewind = control(40, d);
  run.cycles.push_back(cycle);
  return run;
}

TEST(Clock, GoesOnWhereTheThirtyTwoBitsEnd) {
  const analyzer::Run run = runOf(0xfffffff0u, 0xfffffffeu, 4, 10);
  const CycleSpan span = Clock(run).span(run.cycles[0]);
  EXPECT_EQ(span.unwound - span.begin, 14u);
  EXPECT_EQ(span.resumed - span.unwound, 6u);
  EXPECT_EQ(span.end, 0x10000000aull);
}

TEST(Clock, TakesTheOrderOfEventsWhereNothingTicks) {
  const analyzer::Run run = runOf(0, 0, 0, 0);
  const Clock clock(run);
  EXPECT_FALSE(clock.ticks(0));
  const CycleSpan span = clock.span(run.cycles[0]);
  EXPECT_EQ(span.begin, 10u);
  EXPECT_EQ(span.end, 40u);
}

TEST(Clock, NeverGoesBack) {
  const analyzer::Run run = runOf(100, 90, 120, 130);
  const CycleSpan span = Clock(run).span(run.cycles[0]);
  EXPECT_EQ(span.begin, 100u);
  EXPECT_EQ(span.unwound, 100u);
  EXPECT_GE(span.resumed, span.unwound);
}

TEST(Clock, ReadsTheLastControlAtOrBeforeAPlace) {
  const analyzer::Run run = runOf(100, 110, 120, 130);
  const Clock clock(run);
  EXPECT_EQ(clock.at({0, 9}), 0u);
  EXPECT_EQ(clock.at({0, 10}), 100u);
  EXPECT_EQ(clock.at({0, 29}), 110u);
  EXPECT_EQ(clock.at({0, 999}), 130u);
  EXPECT_EQ(clock.at({7, 10}), 0u);
}

TEST(Clock, LetsASuspendThatIsNeverResumedLastToTheEnd) {
  analyzer::Run run = runOf(100, 110, 120, 130);
  Cycle waiting;
  waiting.number = 2;
  waiting.startUnwind = control(50, 140);
  waiting.stopUnwind = control(60, 150);
  Cycle later = waiting;
  later.startUnwind = control(70, 900);
  later.stopUnwind = control(80, 1000);
  run.cycles.push_back(waiting);
  run.cycles.push_back(later);
  const CycleSpan span = Clock(run).span(run.cycles[1]);
  EXPECT_EQ(span.unwound, 150u);
  EXPECT_EQ(span.resumed, 1000u);
}

}  // namespace
}  // namespace asyncscope::exports
