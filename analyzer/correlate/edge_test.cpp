// What tells failing from passing runs, and what does not.
#include "analyzer/correlate/edge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analyzer/correlate/correlation.h"
#include "analyzer/diagnosis.h"
#include "analyzer/summary/summarise.h"
#include "analyzer/testing/small_program.h"

namespace asyncscope::analyzer {
namespace {

using testing::addCycle;
using testing::addSmallProgram;
using ::testing::HasSubstr;
using testing::SmallCycle;
using testing::TraceBuilder;

class Fleet {
 public:
  Fleet& add(Label label, const std::vector<SmallCycle>& cycles, int times = 1) {
    TraceBuilder builder;
    addSmallProgram(builder);
    for (const SmallCycle& cycle : cycles) addCycle(builder, cycle);
    if (label == Label::Failing) builder.exitCode(1);
    const auto built = builder.build();
    const Summary one = summarise(built->run, label, diagnose(built->run).findings);
    for (int i = 0; i < times; ++i) merge(summary, one);
    return *this;
  }

  Summary summary;
};

constexpr SmallCycle kGuarded{.throughPlain = false, .throughScript = false};

TEST(Ochiai, IsTheFormula) {
  EXPECT_DOUBLE_EQ(ochiai(3, 3, 0), 1.0);
  EXPECT_DOUBLE_EQ(ochiai(0, 3, 7), 0.0);
  EXPECT_DOUBLE_EQ(ochiai(2, 4, 2), 2 / std::sqrt(4.0 * 4.0));
}

TEST(Edge, IsTheUnguardedSiteThatWasViolated) {
  Fleet fleet;
  fleet.add(Label::Failing, {{.completed = false}}, 3).add(Label::Passing, {kGuarded}, 5);
  const Edge edge = findEdge(fleet.summary, std::nullopt);
  ASSERT_TRUE(edge.predicate.has_value());
  EXPECT_EQ(edge.predicate->kind, PredicateKind::UnguardedSite);
  EXPECT_EQ(edge.predicate->function, 2u);
  EXPECT_EQ(edge.predicate->site, 0x210u);
  EXPECT_EQ(failingText(edge, *edge.predicate), "3/3");
  EXPECT_EQ(passingText(edge, *edge.predicate), "0/5");
  EXPECT_DOUBLE_EQ(edge.predicate->score, 1.0);
}

// The frames were saved in every run: that the line is to blame is what the counts say.
TEST(Edge, IsTheLineWhenNothingElseDiffers) {
  Fleet fleet;
  SmallCycle other = kGuarded;
  other.line = 9;
  fleet.add(Label::Failing, {kGuarded, other}, 2).add(Label::Passing, {kGuarded, kGuarded}, 4);
  const Edge edge = findEdge(fleet.summary, std::nullopt);
  ASSERT_TRUE(edge.predicate.has_value());
  EXPECT_EQ(edge.predicate->text, "a suspend while the program stands at a.py:9 in work");
  EXPECT_TRUE(edge.determined);
  EXPECT_FALSE(edge.byViolation);
  EXPECT_TRUE(edge.tied.empty());
}

TEST(Edge, IsNotDeterminedWhereTwoConditionsAlwaysComeTogether) {
  Fleet fleet;
  const SmallCycle both{.throughPlain = false, .throughScript = true, .line = 9};
  fleet.add(Label::Failing, {both}, 2).add(Label::Passing, {kGuarded}, 4);
  const Edge edge = findEdge(fleet.summary, std::nullopt);
  ASSERT_TRUE(edge.predicate.has_value());
  EXPECT_FALSE(edge.determined);
  ASSERT_EQ(edge.tied.size(), 1u);
  EXPECT_EQ(edge.predicate->kind, PredicateKind::JavaScript);
  EXPECT_EQ(edge.tied[0].kind, PredicateKind::Line);
  EXPECT_THAT(edge.separatedBy,
              HasSubstr("a run with \"a suspend while the program stands at a.py:9"));
  EXPECT_THAT(edgeText(edge), HasSubstr("not determined: 2 conditions"));
  // The run that was asked for settles it.
  SmallCycle line = kGuarded;
  line.line = 9;
  fleet.add(Label::Passing, {line});
  const Edge settled = findEdge(fleet.summary, std::nullopt);
  EXPECT_TRUE(settled.determined);
  EXPECT_EQ(settled.predicate->kind, PredicateKind::JavaScript);
}

TEST(Edge, IsNotMovedByRunsThatNeverSuspended) {
  Fleet few, many;
  for (Fleet* fleet : {&few, &many}) {
    fleet->add(Label::Failing, {{.completed = false}}, 2).add(Label::Passing, {kGuarded}, 2);
  }
  many.add(Label::Passing, {}, 1000);
  const auto scores = [](const Fleet& fleet) {
    std::vector<std::pair<std::string, double>> list;
    for (const Predicate& predicate : rankPredicates(fleet.summary, std::nullopt)) {
      list.emplace_back(predicate.text, predicate.score);
    }
    return list;
  };
  EXPECT_EQ(scores(few), scores(many));
}

TEST(Edge, NeverIsASymptom) {
  Fleet fleet;
  SmallCycle cut = kGuarded;
  cut.completed = false;
  fleet.add(Label::Failing, {cut}, 3).add(Label::Passing, {kGuarded}, 3);
  const Edge edge = findEdge(fleet.summary, std::nullopt);
  EXPECT_FALSE(edge.predicate.has_value());
  EXPECT_EQ(rankPredicates(fleet.summary, std::nullopt).front().kind, PredicateKind::NeverResumed);
}

TEST(Edge, NeedsBothKindsOfRuns) {
  Fleet failing, passing;
  failing.add(Label::Failing, {{.completed = false}});
  passing.add(Label::Passing, {kGuarded});
  EXPECT_FALSE(findEdge(failing.summary, std::nullopt).predicate.has_value());
  EXPECT_FALSE(findEdge(passing.summary, std::nullopt).predicate.has_value());
  EXPECT_THAT(correlationText(failing.summary, {}), HasSubstr("No run passed"));
  EXPECT_THAT(correlationText(passing.summary, {}), HasSubstr("No run failed"));
}

TEST(Edge, IsAThresholdWhereOnlyTheAmountDiffers) {
  Fleet fleet;
  fleet.add(Label::Failing, std::vector<SmallCycle>(12, kGuarded), 2)
      .add(Label::Failing, std::vector<SmallCycle>(9, kGuarded))
      .add(Label::Passing, std::vector<SmallCycle>(7, kGuarded), 3)
      .add(Label::Passing, std::vector<SmallCycle>(2, kGuarded));
  const Edge edge = findEdge(fleet.summary, std::nullopt);
  ASSERT_TRUE(edge.predicate.has_value());
  EXPECT_EQ(edge.predicate->text, "at least 9 cycles");
  EXPECT_TRUE(edge.determined);
}

TEST(Comparison, TakesRunsAndSummariesAlike) {
  TraceBuilder failing, passing;
  addSmallProgram(failing);
  addSmallProgram(passing);
  addCycle(failing, {.completed = false});
  failing.exitCode(1);
  addCycle(passing, kGuarded);
  const auto failed = failing.build("fail"), passed = passing.build("pass");
  const Diagnosis byRuns = diagnose(failed->run, {&passed->run, &passed->run});

  Diagnosis bySummary = diagnose(failed->run);
  Comparison comparison(failed->run, bySummary);
  Fleet fleet;
  fleet.add(Label::Passing, {kGuarded}, 2);
  comparison.add(fleet.summary, "fleet");
  comparison.finish();
  ASSERT_TRUE(byRuns.edge.predicate && bySummary.edge.predicate);
  EXPECT_EQ(byRuns.edge.predicate->text, bySummary.edge.predicate->text);
  EXPECT_EQ(byRuns.edge.predicate->with, bySummary.edge.predicate->with);
  EXPECT_EQ(byRuns.edge.tied.size(), bySummary.edge.tied.size());
  ASSERT_EQ(bySummary.fleets.size(), 1u);
  EXPECT_EQ(bySummary.fleets[0].vacuous, 2u) << "they never went through plain";
  EXPECT_EQ(byRuns.runs.size(), 3u);
}

}  // namespace
}  // namespace asyncscope::analyzer
