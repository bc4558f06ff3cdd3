// Traces written by hand: what stands between wasm frames, what happens to a stack while it is
// suspended, and what a buffer is written over. Each with its healthy likeness.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/diagnosis.h"
#include "analyzer/testing/trace_builder.h"

namespace asyncscope::analyzer {
namespace {

using record::EventKind;
using record::SiteKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TraceBuilder;

constexpr std::uint32_t kSleep = 1, kCallback = 2, kInner = 10, kOuter = 11, kOther = 12;
constexpr std::uint64_t kData = 1000, kStart = 1008, kEnd = 2000, kSp = 60000;

// outer calls `callback`, whose JavaScript calls inner, which sleeps.
void addModule(TraceBuilder& builder, const std::string& callback, bool listed) {
  builder.import(kSleep, "emscripten_sleep", true);
  builder.import(kCallback, callback, listed);
  builder.function(kInner, "inner", true).sites = {
      TraceBuilder::site(0xa10, SiteKind::Call, true, kSleep)};
  builder.function(kOuter, "outer", listed).sites = {
      TraceBuilder::site(0xb10, SiteKind::Call, listed, kCallback)};
  builder.function(kOther, "other", true).movesStackPointer = true;
}

void suspend(TraceBuilder& builder, const std::string& callback, std::uint64_t sp = kSp,
             std::uint64_t data = kData) {
  builder.startUnwind(data + 8, sp);
  builder.buffer(data, data + 1000);
  builder.stack({{record::kNoIndex, 0, "emscripten_sleep"},
                 {kInner, 0xa10, ""},
                 {record::kNoIndex, 0, callback},
                 {kOuter, 0xb10, ""},
                 {record::kNoIndex, 0, "host"}});
  builder.saved(kInner, data + 20, sp);
  builder.saved(kOuter, data + 40, sp);
  builder.stopUnwind(data + 40, sp);
}

void resume(TraceBuilder& builder, std::uint64_t sp = kSp, std::uint64_t data = kData) {
  builder.startRewind(data + 40, sp);
  builder.buffer(data, data + 1000);
  builder.entered(kOuter, data + 40, sp);
  builder.entered(kInner, data + 20, sp);
  builder.stopRewind(data + 8, sp);
}

std::vector<std::string> codesOf(const TraceBuilder& builder) {
  const auto built = builder.build();
  std::vector<std::string> codes;
  for (const Finding& finding : diagnose(built->run, {}).findings) codes.push_back(finding.code);
  EXPECT_EQ(built->run.events.unexplained, 0u);
  return codes;
}

TEST(JsFrames, JavaScriptBetweenWasmFramesIsReported) {
  TraceBuilder builder;
  addModule(builder, "withLog", true);
  suspend(builder, "withLog");
  resume(builder);
  EXPECT_THAT(codesOf(builder), ElementsAre("js-frame-mid-stack"));
}

TEST(JsFrames, WhatOnlyPassesTheCallOnIsNot) {
  for (const char* name : {"invoke_vi", "dynCall_v", "__call_sighandler"}) {
    TraceBuilder builder;
    addModule(builder, name, true);
    suspend(builder, name);
    resume(builder);
    EXPECT_THAT(codesOf(builder), ElementsAre()) << name;
  }
}

TEST(JsFrames, AMinifiedNameTellsNothing) {
  TraceBuilder builder;
  addModule(builder, "b", true);
  builder.table.imports.back().module = "a";
  suspend(builder, "ga");
  resume(builder);
  EXPECT_THAT(codesOf(builder), ElementsAre());
}

TEST(JsFrames, TheImportThatTheMessageNamesIsNotTheOneThatSuspended) {
  TraceBuilder builder;
  addModule(builder, "emscripten_asm_const_int", false);
  builder.startUnwind(kStart, kSp);
  builder.buffer(kData, kEnd);
  builder.stack({{record::kNoIndex, 0, "emscripten_sleep"},
                 {kInner, 0xa10, ""},
                 {record::kNoIndex, 0, "emscripten_asm_const_int"},
                 {kOuter, 0xb10, ""},
                 {record::kNoIndex, 0, "host"}});
  builder.saved(kInner, kStart + 12, kSp);
  builder.threw(kOuter, 1,
                "Error: import emscripten_asm_const_int was not in ASYNCIFY_IMPORTS, but changed "
                "the state\n    at …",
                false);
  builder.uncaught("Error", "import emscripten_asm_const_int was not in ASYNCIFY_IMPORTS");
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnose(built->run, {});
  ASSERT_EQ(diagnosis.findings.size(), 1u);
  EXPECT_EQ(diagnosis.verdict->code, "import-blame-displaced");
  EXPECT_EQ(diagnosis.verdict->function->name, "outer");
  EXPECT_EQ(diagnosis.verdict->harm, Harm::Breaks);
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("it was started in emscripten_sleep"));
}

TEST(Suspended, ExportsMayBeEnteredAndOtherMemoryFreed) {
  TraceBuilder builder;
  addModule(builder, "invoke_v", true);
  for (int i = 0; i < 3; ++i) {
    suspend(builder, "invoke_v");
    builder.event(EventKind::ExportWhileSuspended, kOther, 0, kData, kSp);
    builder.event(EventKind::ExportWhileSuspended, kOther, 1, kData, kSp);
    resume(builder);
  }
  EXPECT_THAT(codesOf(builder), ElementsAre());
}

TEST(Suspended, AnArgumentFreedIsNamedWithTheCallThatOwnsIt) {
  TraceBuilder builder;
  addModule(builder, "invoke_v", true);
  suspend(builder, "invoke_v");
  builder.event(EventKind::ExportWhileSuspended, kOther, 0, kData, kSp);
  builder.startRewind(kData + 40, kSp);
  builder.event(EventKind::OwnedFreed, kOther, 1, 0x12340, kOuter);
  builder.entered(kOuter, kData + 40, kSp);
  builder.entered(kInner, kData + 20, kSp);
  builder.stopRewind(kStart, kSp);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnose(built->run, {});
  ASSERT_EQ(diagnosis.findings.size(), 1u);
  EXPECT_EQ(diagnosis.verdict->code, "host-frees-while-suspended");
  EXPECT_EQ(diagnosis.verdict->function->name, "outer");
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("0x12340"));
  EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("argument 2"));
  EXPECT_EQ(diagnosis.verdict->harm, Harm::Latent);
}

TEST(Suspended, AnExportThatWritesOverSleepingFramesBreaksThem) {
  TraceBuilder builder;
  addModule(builder, "invoke_v", true);
  suspend(builder, "invoke_v");
  builder.event(EventKind::ExportWhileSuspended, kOther, 0, kData, kSp + 300);
  builder.event(EventKind::SleepingOverwritten, kOther, 64, kSp + 4, kSp + 300);
  builder.startRewind(kData + 40, kSp + 300);
  builder.entered(kOuter, kData + 40, kSp + 300);
  builder.entered(kInner, kData + 20, kSp + 300);
  builder.stopRewind(kStart, kSp + 300);
  const auto built = builder.build();
  const Diagnosis diagnosis = diagnose(built->run, {});
  ASSERT_EQ(diagnosis.findings.size(), 1u);
  EXPECT_EQ(diagnosis.verdict->code, "js-stackrestore-while-suspended");
  EXPECT_EQ(diagnosis.verdict->function->name, "other");
  EXPECT_EQ(diagnosis.verdict->harm, Harm::Breaks);
  EXPECT_THAT(diagnosis.verdict->symptom, HasSubstr("300 bytes too high"));
}

TEST(Suspended, TwoStacksThatShareBytesAreAFaultOfBoth) {
  TraceBuilder builder;
  addModule(builder, "invoke_v", true);
  suspend(builder, "invoke_v", kSp, kData);
  suspend(builder, "invoke_v", kSp - 64, kData + 4000);
  builder.event(EventKind::SleepingOverlap, kOuter, 64, kData, kSp);
  resume(builder, kSp - 64, kData + 4000);
  resume(builder, kSp, kData);
  EXPECT_THAT(codesOf(builder), ElementsAre("shadow-stack-interleave"));
}

TEST(Suspended, TwoStacksOfTheirOwnAreNone) {
  TraceBuilder builder;
  addModule(builder, "invoke_v", true);
  suspend(builder, "invoke_v", kSp, kData);
  suspend(builder, "invoke_v", kSp - 8000, kData + 4000);
  resume(builder, kSp, kData);
  resume(builder, kSp - 8000, kData + 4000);
  EXPECT_THAT(codesOf(builder), ElementsAre());
}

TEST(Suspended, ACollectorThatFreesWhatALocalRefersTo) {
  const auto codes = [](const std::string& name, bool isHandedOut) {
    TraceBuilder builder;
    addModule(builder, "invoke_v", true);
    builder.table.functions.back().name = name;
    builder.table.exports = {{20, "allocate"}};
    suspend(builder, "invoke_v");
    builder.event(EventKind::ExportWhileSuspended, kOther, 0, kData, kSp);
    builder.event(EventKind::PointedChanged, kOther, 1, 0x5000, 3);
    builder.event(EventKind::ExportWhileSuspended, 20, 1, kData, kSp);
    if (isHandedOut) builder.event(EventKind::PointedChanged, 20, 1, 0x5000, 3);
    resume(builder);
    return codesOf(builder);
  };
  EXPECT_THAT(codes("vm_gc_collect", true), ElementsAre("gc-roots-in-asyncify-buffer"));
  EXPECT_THAT(codes("runGC", true), ElementsAre("gc-roots-in-asyncify-buffer"));
  EXPECT_THAT(codes("vm_gc_collect", false), ElementsAre());
  EXPECT_THAT(codes("onEvent", true), ElementsAre());
  EXPECT_THAT(codes("regctx", true), ElementsAre());
}

TEST(Suspended, ConstructorsThatSleepAreAFaultOnlyWhereTheHostGoesOn) {
  for (const bool goesOn : {true, false}) {
    TraceBuilder builder;
    addModule(builder, "invoke_v", true);
    builder.table.functions[1].name = "__wasm_call_ctors";
    suspend(builder, "invoke_v");
    if (goesOn) builder.event(EventKind::ExportWhileSuspended, kOther, 0, kData, kSp);
    resume(builder);
    if (goesOn) {
      EXPECT_THAT(codesOf(builder), ElementsAre("static-ctor-suspend"));
    } else {
      EXPECT_THAT(codesOf(builder), ElementsAre());
    }
  }
}

TEST(Longjmp, CaughtInAnInvokeThatTheRewindEnteredLosesStack) {
  for (const std::uint64_t lost : {std::uint64_t{0}, std::uint64_t{1088}}) {
    TraceBuilder builder;
    addModule(builder, "invoke_v", true);
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::uint64_t sp = kSp - round * lost;
      suspend(builder, "invoke_v", sp);
      resume(builder, sp);
      builder.event(EventKind::ThrewAfterRewind, kInner, 0, 0, sp);
    }
    const auto built = builder.build();
    const Diagnosis diagnosis = diagnose(built->run, {});
    if (lost == 0) {
      EXPECT_TRUE(diagnosis.findings.empty());
      continue;
    }
    ASSERT_EQ(diagnosis.findings.size(), 1u);
    EXPECT_EQ(diagnosis.verdict->code, "invoke-longjmp-sp-leak");
    EXPECT_EQ(diagnosis.verdict->function->name, "outer");
    EXPECT_EQ(diagnosis.verdict->cyclesAffected, 3u);
    EXPECT_THAT(diagnosis.verdict->explanation, HasSubstr("1088 bytes lower"));
  }
}

TEST(BufferPlace, OnlyBytesThatTheModuleFilledAndThatHeldSomethingCount) {
  const auto codes = [](std::uint64_t dataAt, std::string_view held) {
    TraceBuilder builder;
    addModule(builder, "invoke_v", true);
    builder.table.data = {{dataAt, dataAt + 16}};
    suspend(builder, "invoke_v");
    if (!held.empty()) builder.event(EventKind::BufferHeld, 1, 0, kStart, 0, held);
    resume(builder);
    return codesOf(builder);
  };
  const std::string text = "greetings, program data", zeros(23, '\0');
  EXPECT_THAT(codes(kStart + 4, text), ElementsAre("buffer-overlaps-program-data"));
  EXPECT_THAT(codes(kStart + 4, zeros), ElementsAre());
  EXPECT_THAT(codes(kStart + 4, ""), ElementsAre());
  EXPECT_THAT(codes(kEnd, text), ElementsAre());
}

TEST(Overflow, IsDamageWhereTheProgramGoesOn) {
  for (const bool wentOn : {false, true}) {
    TraceBuilder builder;
    addModule(builder, "invoke_v", true);
    builder.startUnwind(kStart, kSp);
    builder.buffer(kData, kStart + 20);
    builder.saved(kInner, kStart + 16, kSp);
    builder.saved(kOuter, kStart + 40, kSp);
    builder.stopUnwind(kStart + 40, kSp);
    builder.event(EventKind::BufferOverrun, 17, 256, kStart + 20, kStart + 40);
    if (wentOn) builder.event(EventKind::ExportAfterFault, kOther, 1, 0, kSp);
    EXPECT_THAT(codesOf(builder),
                ElementsAre(wentOn ? "overflow-heap-damage" : "asyncify-stack-overflow"));
  }
}

TEST(NativeStack, AHostThatRecursesPerSwitchIsToldFromDeepRecursion) {
  TraceBuilder builder;
  addModule(builder, "invoke_v", true);
  for (int i = 0; i < 3; ++i) {
    suspend(builder, "invoke_v");
    resume(builder);
  }
  builder.threw(kOuter, 2,
                "RangeError: Maximum call stack size exceeded\n"
                "    at wasm://wasm/0badcafe:wasm-function[11]:0xb10\n"
                "    at host (file:///app.js:10:5)\n    at host (file:///app.js:10:5)\n"
                "    at host (file:///app.js:10:5)\n    at host (file:///app.js:10:5)",
                false);
  builder.uncaught("RangeError", "Maximum call stack size exceeded");
  EXPECT_THAT(codesOf(builder), ElementsAre("fiber-swap-native-recursion"));

  TraceBuilder deep;
  addModule(deep, "invoke_v", true);
  deep.threw(kOuter, 0,
             "RangeError: Maximum call stack size exceeded\n"
             "    at wasm://wasm/0badcafe:wasm-function[11]:0xb10\n"
             "    at wasm://wasm/0badcafe:wasm-function[11]:0xb10",
             false);
  deep.uncaught("RangeError", "Maximum call stack size exceeded");
  EXPECT_THAT(codesOf(deep), ElementsAre("engine-stack-exhaustion"));
}

}  // namespace
}  // namespace asyncscope::analyzer
