// Traces written by hand of what hosts and glue do wrong at the border of the module, and, beside
// each, what a healthy host does that looks alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/diagnosis.h"
#include "analyzer/testing/trace_builder.h"

namespace asyncscope::analyzer {
namespace {

using record::EventKind;
using record::kNoIndex;
using record::SiteKind;
using testing::BuiltRun;
using ::testing::HasSubstr;
using testing::TraceBuilder;

constexpr std::uint32_t kNap = 1, kRun = 10;

// `run` naps in an import.
void addProgram(TraceBuilder& builder) {
  builder.import(kNap, "nap", true);
  builder.function(kRun, "run", true).sites = {
      TraceBuilder::site(0x1000, SiteKind::Call, true, kNap)};
}

void unwind(TraceBuilder& builder, std::uint64_t data = 1000) {
  builder.startUnwind(data + 8, 65000);
  builder.buffer(data, data + 4104);
  builder.stack(
      {{1900, 0x7000, ""}, {kNoIndex, 0, "nap"}, {kRun, 0x1000, ""}, {kNoIndex, 0, "host"}});
  builder.saved(kRun, data + 20, 65000);
  builder.event(EventKind::ExportReturned, kRun, 1, data + 20, 65000);
  builder.stopUnwind(data + 20, 65000);
}

void rewind(TraceBuilder& builder, std::uint64_t data = 1000) {
  builder.startRewind(data + 20, 65000);
  builder.buffer(data, data + 4104);
  builder.entered(kRun, data + 20, 65000);
  builder.stopRewind(data + 8, 65000);
}

Diagnosis diagnosisOf(const TraceBuilder& builder) {
  const auto built = builder.build();
  EXPECT_EQ(built->run.events.unexplained, 0u);
  return diagnose(built->run, {});
}

std::string codeOf(const Diagnosis& diagnosis) {
  return diagnosis.verdict ? diagnosis.verdict->code : "";
}

TEST(Lost, AStackThatSleepsWhenNothingIsLeftToDo) {
  TraceBuilder builder;
  addProgram(builder);
  unwind(builder);
  builder.idle();
  builder.exitCode(13);
  const Diagnosis diagnosis = diagnosisOf(builder);
  ASSERT_EQ(codeOf(diagnosis), "lost-wakeup");
  EXPECT_EQ(diagnosis.verdict->phase, Phase::Suspended);
  EXPECT_EQ(diagnosis.verdict->certainty, Certainty::Proven);
  EXPECT_EQ(diagnosis.findings.size(), 1u);
}

TEST(Lost, NotWhereTheProgramExitsOnPurpose) {
  TraceBuilder builder;
  addProgram(builder);
  unwind(builder);
  EXPECT_EQ(codeOf(diagnosisOf(builder)), "");
}

TEST(Lost, NotWhereAnotherStackWentOnAfterIt) {
  TraceBuilder builder;
  addProgram(builder);
  unwind(builder, 1000);  // main swaps to a fiber
  unwind(builder, 9000);  // which swaps back, and is never asked again
  rewind(builder, 1000);
  builder.idle();
  EXPECT_EQ(codeOf(diagnosisOf(builder)), "");
}

TEST(Wakers, OneThatIsUsedTwiceIsTheCauseOfWhatFollows) {
  TraceBuilder builder;
  addProgram(builder);
  builder.event(EventKind::GlueFound, 0, 0, 0, 0);
  unwind(builder);
  rewind(builder);
  builder.event(EventKind::GlueWoken, 1, 2, 0, 0);
  builder.startRewind(0, 65000);
  builder.buffer(0, 0);
  builder.threw(kRun, 2, "RuntimeError: memory access out of bounds\n    at …", true);
  builder.uncaught("RuntimeError", "memory access out of bounds");
  const Diagnosis diagnosis = diagnosisOf(builder);
  ASSERT_EQ(codeOf(diagnosis), "double-wakeup");
  EXPECT_EQ(diagnosis.findings.size(), 1u);
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("for the second time"));
}

TEST(Wakers, TwoPendingSleepsOfWhichOneIsLost) {
  TraceBuilder builder;
  addProgram(builder);
  builder.event(EventKind::GlueFound, 0, 0, 0, 0);
  unwind(builder, 1000);
  unwind(builder, 9000);
  rewind(builder, 9000);
  builder.event(EventKind::GlueWoken, 1, 1, 0, 0);
  builder.startRewind(0, 65000);
  builder.buffer(0, 0);
  builder.uncaught("RuntimeError", "memory access out of bounds");
  const Diagnosis diagnosis = diagnosisOf(builder);
  ASSERT_EQ(codeOf(diagnosis), "overlapping-suspend");
  EXPECT_EQ(diagnosis.verdict->cycle, 2u);
  EXPECT_EQ(diagnosis.findings.size(), 1u);
}

TEST(Wakers, TwoSuspendedStacksAreNoFaultByThemselves) {
  TraceBuilder builder;
  addProgram(builder);
  unwind(builder, 1000);
  unwind(builder, 9000);
  rewind(builder, 9000);
  rewind(builder, 1000);
  EXPECT_EQ(codeOf(diagnosisOf(builder)), "");
}

TEST(Wakers, WasmOnTheStackAtTheWakeUpMattersToEmscriptenOnly) {
  for (const bool glue : {true, false}) {
    TraceBuilder builder;
    addProgram(builder);
    if (glue) builder.event(EventKind::GlueFound, 0, 0, 0, 0);
    unwind(builder);
    builder.startRewind(1020, 65000);
    builder.buffer(1000, 5104);
    builder.event(EventKind::RewindOnStack, kRun, 0, 0, 0, "    at run");
    builder.entered(kRun, 1020, 65000);
    builder.stopRewind(1008, 65000);
    EXPECT_EQ(codeOf(diagnosisOf(builder)), glue ? "resume-with-wasm-on-stack" : "");
  }
}

TEST(Wakers, SleepsThatNeverSleep) {
  const auto codeFor = [](std::uint64_t sleeps, std::uint64_t inlined) {
    TraceBuilder builder;
    addProgram(builder);
    builder.event(EventKind::GlueSleeps, 0, 0, sleeps, inlined);
    return codeOf(diagnosisOf(builder));
  };
  EXPECT_EQ(codeFor(5, 5), "sync-wakeup");
  EXPECT_EQ(codeFor(5, 4), "");
  EXPECT_EQ(codeFor(1, 1), "");
}

TEST(Rewind, WithoutTheArgumentsThatAnI64Needs) {
  for (const bool wide : {true, false}) {
    TraceBuilder builder;
    addProgram(builder);
    builder.table.functions.back().takesInt64 = wide;
    unwind(builder);
    builder.startRewind(1020, 65000);
    builder.uncaught("TypeError", "Cannot convert undefined to a BigInt");
    EXPECT_EQ(codeOf(diagnosisOf(builder)), wide ? "rewind-args-bigint" : "");
  }
}

TEST(Rewind, OfAStackThatWasEnteredThroughTheTable) {
  TraceBuilder builder;
  addProgram(builder);
  builder.startUnwind(1008, 65000);
  builder.buffer(1000, 5104);
  builder.event(EventKind::EnteredPast, 0, 0, 0, 0);
  builder.stack(
      {{1900, 0x7000, ""}, {kNoIndex, 0, "nap"}, {kRun, 0x1000, ""}, {kNoIndex, 0, "host"}});
  builder.saved(kRun, 1020, 65000);
  builder.startRewind(1020, 65000, 1);
  builder.uncaught("TypeError", "start is not a function");
  const Diagnosis diagnosis = diagnosisOf(builder);
  ASSERT_EQ(codeOf(diagnosis), "export-stack-empty");
  EXPECT_EQ(diagnosis.verdict->function->name, "run");
  EXPECT_EQ(diagnosis.findings.size(), 1u);
}

TEST(Imports, EnteredWhileTheStackUnwinds) {
  TraceBuilder builder;
  addProgram(builder);
  builder.startUnwind(1008, 65000);
  builder.buffer(1000, 5104);
  builder.stack(
      {{1900, 0x7000, ""}, {kNoIndex, 0, "nap"}, {kRun, 0x1000, ""}, {kNoIndex, 0, "host"}});
  builder.event(EventKind::ImportEntered, kNap, 1, 0, 0);
  builder.threw(kRun, 1, "RuntimeError: Aborted(invalid state: 1)\n    at …", true);
  builder.uncaught("RuntimeError", "Aborted(invalid state: 1)");
  const Diagnosis diagnosis = diagnosisOf(builder);
  ASSERT_EQ(codeOf(diagnosis), "suspend-while-unwinding");
  EXPECT_EQ(diagnosis.findings.size(), 1u);
}

TEST(Imports, ThatForgetStopRewindLeaveTheModuleStuck) {
  TraceBuilder builder;
  addProgram(builder);
  unwind(builder);
  builder.startRewind(1020, 65000);
  builder.entered(kRun, 1020, 65000);
  builder.event(EventKind::ImportLeft, kNap, 2, 2, 2);
  builder.event(EventKind::ExportEntered, kRun, 2, 0, 0);
  const Diagnosis diagnosis = diagnosisOf(builder);
  ASSERT_EQ(codeOf(diagnosis), "stuck-in-rewinding");
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("env.nap"));
  EXPECT_EQ(diagnosis.findings.size(), 1u);
}

TEST(Imports, APromiseWhereWasmTakesANumber) {
  TraceBuilder builder;
  addProgram(builder);
  builder.event(EventKind::ImportLeft, kNap, 1, 0, 0);
  const Diagnosis diagnosis = diagnosisOf(builder);
  ASSERT_EQ(codeOf(diagnosis), "promise-not-adapted");
  EXPECT_EQ(diagnosis.verdict->phase, Phase::Host);
  EXPECT_EQ(diagnosis.verdict->harm, Harm::Latent);
}

TEST(Caller, GotAPromiseThatItDidNotExpect) {
  const auto codeFor = [](std::uint32_t option, bool isUsed) {
    TraceBuilder builder;
    addProgram(builder);
    builder.event(EventKind::GlueFound, 0, 0, 0, 0);
    unwind(builder);
    builder.event(EventKind::GlueWaits, kRun, option, 0, 0);
    rewind(builder);
    if (!isUsed) builder.event(EventKind::GluePromiseUnused, kRun, option, 0, 0);
    return codeOf(diagnosisOf(builder));
  };
  EXPECT_EQ(codeFor(2, false), "missing-async-ccall");
  EXPECT_EQ(codeFor(2, true), "");   // awaited all the same
  EXPECT_EQ(codeFor(1, false), "");  // started, and not waited for, on purpose
  EXPECT_EQ(codeFor(0, false), "");  // not known
}

TEST(Caller, TookTheMadeUpResult) {
  const auto codeFor = [](std::string_view caller) {
    TraceBuilder builder;
    addProgram(builder);
    builder.event(EventKind::GlueFound, 0, 0, 0, 0);
    unwind(builder);
    rewind(builder);
    builder.event(
        EventKind::ResultDiffers, kRun, 0, 0, 0,
        std::string(R"({"early":"0","final":"42","stack":"    at ret (/p/glue.js:5:1)\n)") +
            std::string(caller) + R"("})");
    return codeOf(diagnosisOf(builder));
  };
  EXPECT_EQ(codeFor("    at file:///p/host.mjs:7:3"), "raw-export-early-return");
  EXPECT_EQ(codeFor("    at onTimer (/p/glue.js:9:1)"), "");
  EXPECT_EQ(codeFor("    at listOnTimeout (node:internal/timers:573:17)"), "");
}

TEST(Runtime, ThatWasAbortedOrShutDownDoesNotSuspend) {
  TraceBuilder builder;
  addProgram(builder);
  builder.event(EventKind::Aborted, kRun, 0, 0, 1, "RuntimeError: Aborted()\n    at abort");
  builder.event(EventKind::GlueRefused, 0, 0, 1, 0);
  builder.event(EventKind::GlueRefused, 0, 0, 1, 0);
  const Diagnosis aborted = diagnosisOf(builder);
  ASSERT_EQ(codeOf(aborted), "abort-disables-suspend");
  EXPECT_EQ(aborted.findings.size(), 1u);
  EXPECT_THAT(aborted.verdict->explanation, HasSubstr("Aborted()"));

  TraceBuilder other;
  addProgram(other);
  other.event(EventKind::GlueRefused, 0, 3, 0, 0);
  EXPECT_EQ(codeOf(diagnosisOf(other)), "suspend-after-shutdown");
}

TEST(Exceptions, ThatEndAnUnwindWhoseStackIsRewoundAllTheSame) {
  for (const bool isRewound : {true, false}) {
    TraceBuilder builder;
    addProgram(builder);
    builder.startUnwind(1008, 65000);
    builder.buffer(1000, 5104);
    builder.stack(
        {{1900, 0x7000, ""}, {kNoIndex, 0, "nap"}, {kRun, 0x1000, ""}, {kNoIndex, 0, "host"}});
    builder.event(EventKind::ImportLeft, kNap, 4, 0, 1);
    builder.threw(kRun, 1, "Error: no reply yet\n    at …", false);
    builder.stopUnwind(1008, 65000);
    if (isRewound) {
      builder.startRewind(1008, 65000);
      builder.entered(kRun, 1008, 65000);
      builder.threw(kRun, 2, "RuntimeError: unreachable\n    at …", true);
    }
    builder.exitCode(1);
    const Diagnosis diagnosis = diagnosisOf(builder);
    EXPECT_EQ(codeOf(diagnosis), isRewound ? "zombie-rewind" : "js-exception-through-unwind");
    EXPECT_EQ(diagnosis.findings.size(), 1u);
  }
}

}  // namespace
}  // namespace asyncscope::analyzer
