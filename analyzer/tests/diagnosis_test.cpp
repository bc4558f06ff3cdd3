// Traces written by hand, one per way in which a cycle goes right or wrong, and what the diagnosis
// makes of each. The first is the trace of docs/how-it-works.md, number for number.
#include "analyzer/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/report/text.h"
#include "analyzer/testing/trace_builder.h"

namespace asyncscope::analyzer {
namespace {

using record::SiteKind;
using testing::BuiltRun;
using ::testing::HasSubstr;
using testing::TraceBuilder;

// The five frames of a virtual machine that suspends in its dispatch loop.
void addVirtualMachine(TraceBuilder& builder, bool callGuarded) {
  builder.import(5, "hook", true);
  builder.function(376, "call_n_kw", true).sites = {
      TraceBuilder::site(0x1780a, SiteKind::CallIndirect, callGuarded, 3)};
  builder.function(377, "call_method", true).sites = {
      TraceBuilder::site(0x1790a, SiteKind::Call, true, 376)};
  builder.function(568, "fun_bc_call", true).sites = {
      TraceBuilder::site(0x2380a, SiteKind::Call, true, 985)};
  builder.function(985, "execute", true).sites = {
      TraceBuilder::site(0x3d90a, SiteKind::Call, true, 5)};
  builder.function(1204, "main", true).sites = {
      TraceBuilder::site(0x4b40a, SiteKind::Call, true, 377)};
}

std::vector<testing::StackLine> virtualMachineStack() {
  return {{1900, 0x76c00, ""}, {record::kNoIndex, 0, "hook"},
          {985, 0x3d90a, ""},  {568, 0x2380a, ""},
          {376, 0x1780a, ""},  {377, 0x1790a, ""},
          {1204, 0x4b40a, ""}, {record::kNoIndex, 0, "host"}};
}

void brokenCycle(TraceBuilder& builder, std::optional<testing::Engine> engine) {
  builder.startUnwind(8, 65120);
  builder.buffer(1000, 4104);
  if (engine) builder.stack(virtualMachineStack(), *engine);
  builder.saved(985, 96, 65120);
  builder.saved(568, 124, 65120);
  builder.passed(376, 0x1780a, 124, 65328);
  builder.saved(377, 132, 65328);
  builder.saved(1204, 176, 65328);
  builder.stopUnwind(176, 65328);
  builder.startRewind(176, 65328);
  builder.entered(1204, 176, 65328);
  builder.entered(377, 132, 65328);
  builder.entered(376, 124, 65328);
  builder.threw(1204, 2, "RuntimeError: unreachable\n    at …", true);
  builder.uncaught("RuntimeError", "unreachable");
}

void goodCycle(TraceBuilder& builder) {
  builder.startUnwind(8, 65120);
  builder.buffer(1000, 4104);
  builder.stack(virtualMachineStack());
  builder.saved(985, 96, 65120);
  builder.saved(568, 124, 65120);
  builder.saved(376, 152, 65120);
  builder.saved(377, 160, 65120);
  builder.saved(1204, 204, 65120);
  builder.stopUnwind(204, 65120);
  builder.startRewind(204, 65120);
  builder.entered(1204, 204, 65120);
  builder.entered(377, 160, 65120);
  builder.entered(376, 152, 65120);
  builder.entered(568, 124, 65120);
  builder.entered(985, 96, 65120);
  builder.stopRewind(8, 65120);
}

Diagnosis diagnosisOf(const BuiltRun& built) { return diagnose(built.run, {}); }

class UnguardedSite : public ::testing::TestWithParam<std::optional<testing::Engine>> {};

TEST_P(UnguardedSite, IsNamedWithTheStackOfAnyEngineOrWithoutOne) {
  TraceBuilder builder;
  addVirtualMachine(builder, false);
  brokenCycle(builder, GetParam());
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  const Finding& verdict = *diagnosis.verdict;
  EXPECT_EQ(verdict.code, "uninstrumented-callsite-in-instrumented-frame");
  EXPECT_EQ(verdict.function->index, 376u);
  EXPECT_EQ(verdict.function->name, "call_n_kw");
  ASSERT_TRUE(verdict.site.has_value());
  EXPECT_EQ(verdict.site->offset, 0x1780au);
  EXPECT_EQ(verdict.site->kind, SiteKind::CallIndirect);
  EXPECT_EQ(verdict.phase, Phase::Unwind);
  EXPECT_EQ(verdict.cycle, 1u);
  EXPECT_EQ(verdict.harm, Harm::Breaks);
  EXPECT_EQ(verdict.certainty, Certainty::Proven);
  EXPECT_THAT(verdict.advice.flags, ::testing::ElementsAre("-sASYNCIFY_ADD=call_n_kw"));
  EXPECT_THAT(verdict.symptom, HasSubstr("fun_bc_call (func[568]) at position 116 had to come"));
  EXPECT_EQ(diagnosis.findings.size(), 1u);
  EXPECT_EQ(built->run.outcome, Outcome::Trap);
  EXPECT_EQ(built->run.events.written, built->run.events.explained + built->run.events.unexplained);
  EXPECT_EQ(built->run.events.unexplained, 0u);
}

INSTANTIATE_TEST_SUITE_P(Stack, UnguardedSite,
                         ::testing::Values(std::nullopt, testing::Engine::V8,
                                           testing::Engine::SpiderMonkey,
                                           testing::Engine::JavaScriptCore));

TEST(Diagnosis, FindsNothingInFourThousandGoodCycles) {
  TraceBuilder builder;
  addVirtualMachine(builder, true);
  for (int i = 0; i < 4000; ++i) goodCycle(builder);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  EXPECT_FALSE(diagnosis.verdict.has_value());
  EXPECT_TRUE(diagnosis.findings.empty());
  EXPECT_EQ(built->run.cyclesCompleted(), 4000u);
  EXPECT_FALSE(diagnosis.runs.front().vacuous);
  EXPECT_EQ(diagnosis.runs.front().deepestFrames, 5u);
  EXPECT_EQ(diagnosis.runs.front().bufferHighWater, 196u);
  EXPECT_EQ(diagnosis.runs.front().bufferSize, 4096u);
}

TEST(Diagnosis, CallsAPassingRunWithoutACycleVacuous) {
  TraceBuilder failing;
  addVirtualMachine(failing, false);
  brokenCycle(failing, testing::Engine::V8);
  TraceBuilder passing;
  addVirtualMachine(passing, false);
  const auto failed = failing.build("fail");
  const auto passed = passing.build("pass");
  const Diagnosis diagnosis = diagnose(failed->run, {&passed->run});
  ASSERT_EQ(diagnosis.runs.size(), 2u);
  EXPECT_FALSE(diagnosis.runs[0].vacuous);
  EXPECT_TRUE(diagnosis.runs[1].vacuous);
  // By the counts it might as well be that the program suspends at all; the violation decides.
  const Edge& edge = diagnosis.edge;
  ASSERT_TRUE(edge.predicate.has_value());
  EXPECT_EQ(edge.predicate->text,
            "a suspend with call_n_kw (func[376]) on the stack, at the unguarded call_indirect at "
            "0x1780a");
  EXPECT_EQ(failingText(edge, *edge.predicate), "1/1");
  EXPECT_EQ(passingText(edge, *edge.predicate), "0/1");
  EXPECT_TRUE(edge.determined);
  EXPECT_TRUE(edge.byViolation);
  EXPECT_THAT(edge.tied, ::testing::Contains(
                             ::testing::Field(&Predicate::text, "the program suspends at all")));
}

TEST(Diagnosis, NamesTheSiteWhereThePassingRunSuspendedElsewhere) {
  TraceBuilder failing;
  addVirtualMachine(failing, false);
  brokenCycle(failing, testing::Engine::V8);
  TraceBuilder passing;
  addVirtualMachine(passing, false);
  passing.startUnwind(8, 100);
  passing.stack({{985, 0x3d90a, ""}});
  passing.saved(985, 96, 100);
  passing.stopUnwind(96, 100);
  passing.startRewind(96, 100);
  passing.entered(985, 96, 100);
  passing.stopRewind(8, 100);
  const auto failed = failing.build("fail");
  const auto passed = passing.build("pass");
  const Diagnosis diagnosis = diagnose(failed->run, {&passed->run});
  ASSERT_TRUE(diagnosis.edge.predicate.has_value());
  EXPECT_EQ(diagnosis.edge.predicate->kind, PredicateKind::UnguardedSite);
  EXPECT_EQ(diagnosis.edge.predicate->function, 376u);
  EXPECT_THAT(diagnosis.edge.tied, ::testing::Not(::testing::Contains(::testing::Field(
                                       &Predicate::kind, PredicateKind::Suspends))));
  EXPECT_TRUE(diagnosis.runs[1].vacuous) << "it never went through the function in question";
}

// A plain function between two instrumented ones.
void addPlain(TraceBuilder& builder, bool movesStackPointer) {
  builder.import(0, "sleep", true);
  builder.function(1, "inner", true).sites = {TraceBuilder::site(0x110, SiteKind::Call, true, 0)};
  auto& plain = builder.function(2, "plain", false);
  plain.sites = {TraceBuilder::site(0x210, SiteKind::CallIndirect, false, 0)};
  plain.movesStackPointer = movesStackPointer;
  builder.function(3, "outer", true).sites = {TraceBuilder::site(0x310, SiteKind::Call, true, 2)};
}

void plainCycle(TraceBuilder& builder, std::uint64_t spAfter) {
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack({{1, 0x110, ""}, {2, 0x210, ""}, {3, 0x310, ""}});
  builder.saved(1, 20, 1000);
  builder.passed(2, 0x210, 20, spAfter);
  builder.saved(3, 40, spAfter);
  builder.stopUnwind(40, spAfter);
  builder.startRewind(40, spAfter);
  builder.entered(3, 40, spAfter);
  builder.entered(2, 20, spAfter);
  builder.entered(1, 20, spAfter);
  builder.stopRewind(8, spAfter);
}

TEST(Diagnosis, CallsAForwardingFrameLatent) {
  TraceBuilder builder;
  addPlain(builder, false);
  plainCycle(builder, 1000);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "accidental-transparency");
  EXPECT_EQ(diagnosis.verdict->harm, Harm::Latent);
  EXPECT_EQ(diagnosis.verdict->function->index, 2u);
  EXPECT_EQ(diagnosis.findings.size(), 1u);
}

TEST(Diagnosis, DoesNotCallAFrameTransparentThatWroteMemory) {
  TraceBuilder builder;
  addPlain(builder, false);
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack({{1, 0x110, ""}, {2, 0x210, ""}, {3, 0x310, ""}});
  builder.saved(1, 20, 1000);
  builder.passed(2, 0x210, 20, 1000);
  builder.saved(3, 40, 1000);
  builder.stopUnwind(40, 1000);
  builder.event(record::EventKind::MemoryWritten, 4, 1, 2000, 1000);
  builder.startRewind(40, 1000);
  builder.entered(3, 40, 1000);
  builder.entered(2, 20, 1000);
  builder.entered(1, 20, 1000);
  builder.stopRewind(8, 1000);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "uninstrumented-frame-indirect");
  EXPECT_EQ(diagnosis.verdict->harm, Harm::Latent);
  EXPECT_THAT(diagnosis.verdict->symptom, HasSubstr("4 bytes outside the buffer changed"));
}

TEST(Diagnosis, SaysNothingOfMemoryThatTheHostWritesWhileAllFramesAreSaved) {
  TraceBuilder builder;
  addVirtualMachine(builder, true);
  goodCycle(builder);
  builder.event(record::EventKind::MemoryWritten, 4, 2, 2000, 1000);
  const auto built = builder.build();
  EXPECT_FALSE(diagnosisOf(*built).verdict.has_value());
}

TEST(Diagnosis, CallsAMovedStackPointerByTheFrameThatMovedIt) {
  TraceBuilder builder;
  addPlain(builder, true);
  plainCycle(builder, 1272);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "uninstrumented-frame-sp-skew");
  EXPECT_EQ(diagnosis.verdict->harm, Harm::Breaks);
  EXPECT_EQ(diagnosis.verdict->function->index, 2u);
  EXPECT_EQ(diagnosis.verdict->site->offset, 0x210u);
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("272 bytes too high"));
  EXPECT_EQ(diagnosis.findings.size(), 1u);
}

TEST(Diagnosis, CallsAnOverflowByTheFirstRecordThatCrossesTheEnd) {
  TraceBuilder builder;
  addPlain(builder, false);
  builder.startUnwind(8, 1000);
  builder.buffer(500, 24);
  builder.saved(1, 20, 1000);
  builder.saved(3, 40, 1000);
  builder.stopUnwind(40, 1000);
  builder.threw(3, 1, "RuntimeError: unreachable", true);
  builder.uncaught("RuntimeError", "unreachable");
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "asyncify-stack-overflow");
  EXPECT_EQ(diagnosis.verdict->function->index, 3u);
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("32 bytes were pushed into 16"));
  EXPECT_THAT(diagnosis.verdict->advice.flags,
              ::testing::ElementsAre("-sASYNCIFY_STACK_SIZE=4096"));
}

TEST(Diagnosis, ClaimsNothingOfFramesThatAnExceptionKeptTheUnwindFrom) {
  TraceBuilder builder;
  addPlain(builder, false);
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack({{1, 0x110, ""}, {record::kNoIndex, 0, "sort"}, {2, 0x210, ""}, {3, 0x310, ""}});
  builder.saved(1, 20, 1000);
  builder.threw(3, 1, "Error: in the middle", false);
  builder.stopUnwind(20, 1000);
  builder.uncaught("Error", "in the middle");
  const auto built = builder.build();
  EXPECT_EQ(built->run.cycles[0].frames[3].fate, Frame::Fate::NotReached);
  const Diagnosis diagnosis = diagnosisOf(*built);
  // The JavaScript in the middle came first: it ran on with a made-up result, and threw.
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "js-frame-mid-stack");
  EXPECT_THAT(diagnosis.verdict->symptom, HasSubstr("Error: in the middle"));
}

TEST(Diagnosis, TellsTwoSuspendsInOneBuffer) {
  TraceBuilder builder;
  addPlain(builder, false);
  for (int i = 0; i < 2; ++i) {
    builder.startUnwind(8, 1000);
    builder.buffer(500, 4096);
    builder.saved(1, 20, 1000);
    builder.saved(3, 40, 1000);
    builder.stopUnwind(40, 1000);
  }
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "overlapping-suspend");
  EXPECT_EQ(diagnosis.verdict->cycle, 2u);
}

TEST(Diagnosis, AcceptsTwoSuspendsInTwoBuffers) {
  TraceBuilder builder;
  addPlain(builder, false);
  for (const std::uint64_t data : {500u, 9000u}) {
    builder.startUnwind(data + 8, 1000);
    builder.buffer(data, data + 4096);
    builder.saved(1, data + 20, 1000);
    builder.saved(3, data + 40, 1000);
    builder.stopUnwind(data + 40, 1000);
  }
  for (const std::uint64_t data : {500u, 9000u}) {
    builder.startRewind(data + 40, 1000);
    builder.buffer(data, data + 4096);
    builder.entered(3, data + 40, 1000);
    builder.entered(1, data + 20, 1000);
    builder.stopRewind(data + 8, 1000);
  }
  const auto built = builder.build();
  EXPECT_FALSE(diagnosisOf(*built).verdict.has_value());
  EXPECT_EQ(built->run.cyclesCompleted(), 2u);
}

struct MisstepCase {
  const char* code;
  std::uint32_t stateBefore;
  bool rewinding;
};

class Protocol : public ::testing::TestWithParam<MisstepCase> {};

TEST_P(Protocol, NamesAStartUnwindInTheWrongState) {
  TraceBuilder builder;
  addPlain(builder, false);
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  if (GetParam().rewinding) {
    builder.saved(1, 20, 1000);
    builder.stopUnwind(20, 1000);
    builder.startRewind(20, 1000);
    builder.entered(1, 20, 1000);
  }
  builder.startUnwind(8, 1000, GetParam().stateBefore);
  builder.exitCode(1);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(States, Protocol,
                         ::testing::Values(MisstepCase{"suspend-while-unwinding", 1, false},
                                           MisstepCase{"unwind-refired-on-rewind", 2, true}));

TEST(Diagnosis, NamesTheThunkUnderInvoke) {
  TraceBuilder builder;
  builder.import(0, "sleep", true);
  builder.import(1, "invoke_v", true);
  builder.function(2, "inner", true).sites = {TraceBuilder::site(0x210, SiteKind::Call, true, 0)};
  builder.function(3, "dynCall_v", false).sites = {
      TraceBuilder::site(0x310, SiteKind::CallIndirect, false, 0)};
  builder.function(4, "outer", true).sites = {TraceBuilder::site(0x410, SiteKind::Call, true, 1)};
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack(
      {{2, 0x210, ""}, {3, 0x310, ""}, {record::kNoIndex, 0, "invoke_v"}, {4, 0x410, ""}});
  builder.saved(2, 20, 1000);
  builder.passed(3, 0x310, 20, 1000);
  builder.threw(3, 1, "RuntimeError: unreachable", true);
  builder.uncaught("RuntimeError", "unreachable");
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "dyncall-thunk-uninstrumented");
  EXPECT_EQ(diagnosis.verdict->function->name, "dynCall_v");
  EXPECT_THAT(diagnosis.verdict->symptom, HasSubstr("RuntimeError: unreachable"));
}

TEST(Diagnosis, NamesAnImportThatWasNotListed) {
  TraceBuilder builder;
  builder.import(0, "sleep", true);
  builder.import(1, "js_hook", false);
  builder.function(2, "caller", false).sites = {
      TraceBuilder::site(0x210, SiteKind::Call, false, 1)};
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack({{record::kNoIndex, 0, "js_hook"}, {2, 0x210, ""}});
  builder.passed(2, 0x210, 8, 1000);
  builder.stopUnwind(8, 1000);
  builder.exitCode(1);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "import-not-listed");
  EXPECT_THAT(diagnosis.verdict->advice.flags,
              ::testing::ElementsAre("-sASYNCIFY_IMPORTS=sleep,js_hook"));
  // A list that removed `caller` would leave the same module.
  EXPECT_EQ(diagnosis.verdict->certainty, Certainty::Likely);
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("ASYNCIFY_REMOVE"));
}

TEST(Diagnosis, IsSureOfAnUnlistedImportThatAnInstrumentedFunctionCalls) {
  TraceBuilder builder;
  builder.import(0, "sleep", true);
  builder.import(1, "js_hook", false);
  builder.function(2, "caller", true).sites = {TraceBuilder::site(0x210, SiteKind::Call, false, 1),
                                               TraceBuilder::site(0x220, SiteKind::Call, true, 0)};
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack({{record::kNoIndex, 0, "js_hook"}, {2, 0x210, ""}});
  builder.passed(2, 0x210, 8, 1000);
  builder.stopUnwind(8, 1000);
  builder.exitCode(1);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "import-not-listed");
  EXPECT_EQ(diagnosis.verdict->certainty, Certainty::Proven);
  EXPECT_THAT(diagnosis.verdict->explanation, ::testing::Not(HasSubstr("ASYNCIFY_REMOVE")));
}

TEST(Diagnosis, ToldThatAListNamesTheCalleeAlone) {
  TraceBuilder builder;
  builder.table.indirectIgnored = true;
  builder.import(0, "sleep", true);
  builder.function(2, "compare", true).sites = {TraceBuilder::site(0x210, SiteKind::Call, true, 0)};
  builder.function(3, "sift", true).sites = {
      TraceBuilder::site(0x310, SiteKind::CallIndirect, true, 1)};
  builder.function(4, "sort", false).sites = {TraceBuilder::site(0x410, SiteKind::Call, false, 3)};
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack({{2, 0x210, ""}, {3, 0x310, ""}, {4, 0x410, ""}});
  builder.saved(2, 20, 1000);
  builder.saved(3, 40, 1000);
  builder.passed(4, 0x410, 40, 1000);
  builder.threw(4, 1, "RuntimeError: unreachable", true);
  builder.exitCode(7);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_EQ(diagnosis.verdict->code, "uninstrumented-frame-list");
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("a list names the function that it calls"));
}

TEST(Diagnosis, IsSureOfAListOnlyWhereTheCallWasAlwaysDirect) {
  for (const bool inElements : {false, true}) {
    TraceBuilder builder;
    builder.import(0, "sleep", true);
    auto& callee = builder.function(2, "inner", true);
    callee.sites = {TraceBuilder::site(0x210, SiteKind::Call, true, 0)};
    callee.inElements = inElements;
    builder.function(3, "outer", false).sites = {
        TraceBuilder::site(0x310, SiteKind::Call, false, 2)};
    builder.startUnwind(8, 1000);
    builder.buffer(500, 4096);
    builder.stack({{2, 0x210, ""}, {3, 0x310, ""}});
    builder.saved(2, 20, 1000);
    builder.passed(3, 0x310, 20, 1000);
    builder.exitCode(1);
    const auto built = builder.build();
    const Diagnosis diagnosis = diagnosisOf(*built);
    ASSERT_TRUE(diagnosis.verdict.has_value());
    EXPECT_EQ(diagnosis.verdict->code, "uninstrumented-frame-list");
    EXPECT_EQ(diagnosis.verdict->certainty, inElements ? Certainty::Likely : Certainty::Proven);
    EXPECT_EQ(diagnosis.verdict->explanation.find("made direct afterwards") != std::string::npos,
              inElements);
  }
}

TEST(Diagnosis, NamesAFunctionThatOnlyTheEngineNames) {
  TraceBuilder builder;
  builder.table.hasNames = true;
  builder.import(0, "sleep", true);
  builder.function(2, "caller", false).sites = {
      TraceBuilder::site(0x210, SiteKind::Call, false, 0)};
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack({{2, 0x210, "caller"}, {3, 0x310, "top"}});
  builder.passed(2, 0x210, 8, 1000);
  builder.stopUnwind(8, 1000);
  builder.exitCode(1);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  const auto report = textReport(built->run, diagnosis);
  EXPECT_THAT(report, HasSubstr("top (func[3])"));
  EXPECT_THAT(report, ::testing::Not(HasSubstr("no function names")));
}

TEST(Report, TellsWhatRecursionRepeatsOnce) {
  TraceBuilder builder;
  builder.import(0, "sleep", true);
  builder.function(2, "deep", true).sites = {TraceBuilder::site(0x210, SiteKind::Call, true, 2)};
  builder.startUnwind(8, 1000);
  builder.buffer(500, 40);
  builder.stack(std::vector<testing::StackLine>(10, {2, 0x210, ""}));
  for (std::uint64_t frame = 1; frame <= 10; ++frame) builder.saved(2, 8 + 8 * frame, 1000);
  builder.exitCode(7);
  const auto built = builder.build();
  const auto report = textReport(built->run, diagnosisOf(*built));
  EXPECT_THAT(report, HasSubstr("… 9 more like it"));
}

TEST(Advice, QuotesNamesThatAShellOrAListWouldSplit) {
  TraceBuilder builder;
  addVirtualMachine(builder, false);
  builder.table.functions[0].name = "Vm::call(int, char*)";
  brokenCycle(builder, testing::Engine::V8);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_THAT(diagnosis.verdict->advice.flags,
              ::testing::ElementsAre("-sASYNCIFY_ADD='[\"Vm::call(int, char*)\"]'"));
}

TEST(Advice, KeepsAHostileNameOneWordOfTheShell) {
  TraceBuilder builder;
  addVirtualMachine(builder, false);
  builder.table.functions[0].name = "a'; echo \"owned\" #\\";
  brokenCycle(builder, testing::Engine::V8);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_THAT(diagnosis.verdict->advice.flags,
              ::testing::ElementsAre(R"(-sASYNCIFY_ADD='["a'\''; echo \"owned\" #\\"]')"));
}

TEST(Advice, GivesANumberWhereThereIsNoName) {
  TraceBuilder builder;
  addVirtualMachine(builder, false);
  for (auto& function : builder.table.functions) function.name.clear();
  builder.table.importedFunctions = 48;
  brokenCycle(builder, testing::Engine::V8);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnosisOf(*built);
  ASSERT_TRUE(diagnosis.verdict.has_value());
  EXPECT_THAT(diagnosis.verdict->advice.functions, ::testing::ElementsAre("328"));
}

}  // namespace
}  // namespace asyncscope::analyzer
