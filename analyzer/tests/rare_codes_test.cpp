// The codes that no program of cases/catalogue shows as its verdict, each in a trace written by
// hand; and how a sentence says when it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/diagnosis.h"
#include "analyzer/report/sentence.h"
#include "analyzer/testing/trace_builder.h"

namespace asyncscope::analyzer {
namespace {

using record::SiteKind;
using testing::BuiltRun;
using ::testing::HasSubstr;
using testing::TraceBuilder;

Diagnosis diagnosisOf(const BuiltRun& built) { return diagnose(built.run, {}); }

// With a plain frame of which no call is known between them, if wanted.
void addFrames(TraceBuilder& builder, bool withPlain = false) {
  builder.import(0, "sleep", true);
  builder.function(1, "inner", true).sites = {TraceBuilder::site(0x110, SiteKind::Call, true, 0)};
  if (withPlain) builder.function(2, "plain", false);
  builder.function(3, "outer", true).sites = {TraceBuilder::site(0x310, SiteKind::Call, true, 1)};
}

void unwindAndRewind(TraceBuilder& builder) {
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.saved(1, 20, 1000);
  builder.saved(3, 40, 1000);
  builder.stopUnwind(40, 1000);
  builder.startRewind(40, 1000);
  builder.entered(3, 40, 1000);
  builder.entered(1, 20, 1000);
}

TEST(RareCodes, AStackPointerThatNoFrameMovedIsNotBlamedOnOne) {
  TraceBuilder builder;
  addFrames(builder);
  builder.table.stackPointerGlobal = 0;
  unwindAndRewind(builder);
  builder.stopRewind(8, 888);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "c-stack-skew");
  EXPECT_FALSE(diagnosis.verdict->function.has_value());
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("112 bytes too low"));
}

TEST(RareCodes, StopUnwindBelongsBehindAnUnwind) {
  TraceBuilder builder;
  addFrames(builder);
  unwindAndRewind(builder);
  builder.stopRewind(8, 1000);
  builder.stopUnwind(8, 1000, 0);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "stop-unwind-out-of-order");
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("normal"));
}

TEST(RareCodes, StopRewindBelongsIntoARewind) {
  TraceBuilder builder;
  addFrames(builder);
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.saved(1, 20, 1000);
  builder.stopRewind(20, 1000, 1);
  builder.exitCode(1);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "stop-rewind-out-of-order");
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("unwinding"));
}

TEST(RareCodes, APlainFrameWithoutAKnownCallHasNoKnownReason) {
  TraceBuilder builder;
  addFrames(builder, true);
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack({{1, 0x110, ""}, {2, 0x210, ""}, {3, 0x310, ""}});
  builder.saved(1, 20, 1000);
  builder.passed(2, 0x210, 20, 1000);
  builder.saved(3, 40, 1000);
  builder.stopUnwind(40, 1000);
  builder.exitCode(1);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "uninstrumented-frame");
  EXPECT_EQ(diagnosis.verdict->function->index, 2u);
}

TEST(Sentence, SaysWhenInWholeWords) {
  TraceBuilder builder;
  addFrames(builder);
  unwindAndRewind(builder);
  const auto built = builder.build();
  Diagnosis diagnosis;
  diagnosis.verdict.emplace();
  diagnosis.verdict->code = "some-code";
  diagnosis.verdict->cycle = 3;
  diagnosis.verdict->harm = Harm::Breaks;
  const auto sentence = [&](Phase phase) {
    diagnosis.verdict->phase = phase;
    return verdictSentence(built->run, diagnosis);
  };
  EXPECT_EQ(sentence(Phase::Unwind), "ASYNCIFY breaks in the unwind of cycle 3: some-code");
  EXPECT_EQ(sentence(Phase::Suspended), "ASYNCIFY breaks while cycle 3 is suspended: some-code");
  EXPECT_EQ(sentence(Phase::After), "ASYNCIFY breaks after cycle 3: some-code");
  EXPECT_EQ(sentence(Phase::Host), "ASYNCIFY breaks in the host, in cycle 3: some-code");
}

}  // namespace
}  // namespace asyncscope::analyzer
