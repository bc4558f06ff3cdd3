#include "analyzer/html/side_by_side.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/export/testing/sample_runs.h"

namespace asyncscope::html {
namespace {

using exports::testing::Sample;
using exports::testing::TraceBuilder;
using ::testing::HasSubstr;

TEST(SideBySide, MarksTheFrameThatPushedNothing) {
  const Sample sample = exports::testing::brokenMachine();
  const analyzer::Cycle& cycle = sample.run->run.cycles[0];
  const SideBySide sides = compareHalves(sample.run->run, cycle);
  ASSERT_EQ(sides.rows.size(), 5u);
  ASSERT_TRUE(sides.first.has_value());
  EXPECT_FALSE(sides.first->inRewind);
  EXPECT_EQ(cycle.frames[*sides.rows[sides.first->row].frame].function, 376u);
  EXPECT_EQ(sides.rows[0].entered, nullptr) << "the rewind never came to the innermost frame";
  EXPECT_EQ(sides.rows[1].entered, nullptr);
  EXPECT_EQ(sides.rows[2].entered->position, 124u);
  EXPECT_EQ(sides.rows[4].entered->position, 176u);
}

TEST(SideBySide, FindsNothingInAHealthyCycle) {
  const Sample sample = exports::testing::healthyMachine();
  for (const analyzer::Cycle& cycle : sample.run->run.cycles) {
    const SideBySide sides = compareHalves(sample.run->run, cycle);
    EXPECT_FALSE(sides.first.has_value()) << cycle.number << ": " << sides.first->text;
    for (const Row& row : sides.rows)
      EXPECT_NE(row.entered, nullptr) << "recursion, cycle " << cycle.number;
  }
}

// One cycle of two instrumented frames, with a rewind of the test's own.
class Rewind : public ::testing::Test {
 protected:
  Rewind() {
    builder_.function(1, "inner", true);
    builder_.function(2, "outer", true);
    builder_.function(3, "other", true);
    builder_.startUnwind(8, 1000);
    builder_.buffer(500, 4096);
    builder_.saved(1, 20, 1000);
    builder_.saved(2, 40, 1000);
    builder_.stopUnwind(40, 1000);
    builder_.startRewind(40, 1000);
  }

  Difference difference() {
    built_ = builder_.build();
    const SideBySide sides = compareHalves(built_->run, built_->run.cycles.at(0));
    return sides.first.value_or(Difference{99, false, "none"});
  }

  TraceBuilder builder_;
  std::unique_ptr<exports::testing::BuiltRun> built_;
};

TEST_F(Rewind, OfAnotherFunctionIsTheDifference) {
  builder_.entered(2, 40, 1000);
  builder_.entered(3, 20, 1000);
  const Difference first = difference();
  EXPECT_TRUE(first.inRewind);
  EXPECT_EQ(first.row, 1u) << "between the two frames";
  EXPECT_THAT(first.text, HasSubstr("inner (func[1]) at position 20"));
}

TEST_F(Rewind, AtAnotherPositionIsTheDifference) {
  builder_.entered(2, 28, 1000);
  const Difference first = difference();
  EXPECT_TRUE(first.inRewind);
  EXPECT_EQ(first.row, 1u);
}

TEST_F(Rewind, ThatEndsEarlyIsTheDifference) {
  builder_.entered(2, 40, 1000);
  const Difference first = difference();
  EXPECT_EQ(first.row, 0u);
  EXPECT_THAT(first.text, HasSubstr("before it came to this frame"));
}

TEST_F(Rewind, ThatLeavesTheStackPointerElsewhereIsTheDifference) {
  builder_.entered(2, 40, 1000);
  builder_.entered(1, 20, 1000);
  builder_.stopRewind(8, 1272);
  EXPECT_THAT(difference().text, HasSubstr("came back at 1272"));
}

TEST_F(Rewind, ThatMirrorsTheUnwindHasNone) {
  builder_.entered(2, 40, 1000);
  builder_.entered(1, 20, 1000);
  builder_.stopRewind(8, 1000);
  EXPECT_EQ(difference().text, "none");
}

}  // namespace
}  // namespace asyncscope::html
