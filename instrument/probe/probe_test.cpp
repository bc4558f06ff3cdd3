// Probed modules: valid, the same in behaviour, and their events are what a hand trace says.
#include "instrument/probe/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "instrument/asyncify/recognise.h"
#include "instrument/asyncify/shapes.h"
#include "instrument/probe/test_tools.h"

namespace asyncscope::probe {
namespace {

using asyncify::testing::Shape;
using testing::Bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::NodeRun;
using testing::probeOrFail;
using testing::runInNode;

Bytes assembleShape(const Shape& shape) {
  return wasm::testing::assemble(shape.text(), "--debug-names");
}

// Runs both; the outcomes must agree. Returns the events.
std::vector<std::string> eventsOf(const Bytes& original, const Probed& probed,
                                  const std::string& exportName, int argument) {
  EXPECT_EQ(wasm::testing::wabtVerdict(probed.bytes), "");
  const NodeRun before = runInNode(original, exportName, argument);
  const NodeRun after = runInNode(probed.bytes, exportName, argument);
  EXPECT_EQ(before.outcome, after.outcome);
  EXPECT_TRUE(before.events.empty());
  return after.events;
}

class EveryShape : public ::testing::TestWithParam<std::pair<const char*, Shape>> {};

// One cycle: the buffer begins at 96, the record has 8 bytes.
TEST_P(EveryShape, tells_its_one_cycle) {
  const Shape& shape = GetParam().second;
  const Bytes original = assembleShape(shape);
  const Probed probed = probeOrFail(original);
  EXPECT_TRUE(probed.changed);
  const bool inside = shape.controlsInside;
  const auto events = eventsOf(original, probed, inside ? "drive" : "run", 3);
  // Control calls that were inlined are told of their caller.
  const std::string start = shape.controls ? "start_unwind" : "innermost";
  const std::string stop = shape.controls ? "stop_unwind" : "outermost";
  const std::string restart = shape.controls ? "start_rewind" : "outermost";
  const std::string end = !shape.controls     ? "innermost"
                          : shape.mergedStops ? "stop_unwind"
                                              : "stop_rewind";
  EXPECT_THAT(events,
              ElementsAre("StartUnwind " + start + "@0 96 0", "UnwindSaved run@0 104 0",
                          "StopUnwind " + stop + "@1 104 0", "StartRewind " + restart + "@0 104 0",
                          "RewindEntered run@0 104 0", "StopRewind " + end + "@2 96 0"));
}

INSTANTIATE_TEST_SUITE_P(
    Probe, EveryShape,
    ::testing::Values(std::pair("plain", Shape{}),
                      std::pair("imported_globals", Shape{.importedGlobals = true}),
                      std::pair("merged_stops", Shape{.mergedStops = true}),
                      std::pair("controls_inside", Shape{.controlsInside = true}),
                      std::pair("controls_inlined",
                                Shape{.controls = false, .controlsInside = true}),
                      std::pair("memory64", Shape{.pointer64 = true})),
    [](const auto& entry) { return std::string(entry.param.first); });

// Node 20 has one memory only, wabt's interpreter several; there nobody listens.
TEST(Probe, second_memory_in_an_interpreter) {
  for (const bool is64 : {false, true}) {
    const Bytes original =
        assembleShape({.pointer64 = is64, .secondMemory = true, .controlsInside = true});
    const Probed probed = probeOrFail(original);
    EXPECT_TRUE(probed.changed);
    EXPECT_EQ(wasm::testing::wabtVerdict(probed.bytes), "");
    for (const Bytes& bytes : {original, probed.bytes}) {
      const auto file = wasm::testing::scratchDirectory() / "second.wasm";
      wasm::testing::writeFile(file, bytes);
      const auto result = wasm::testing::runTool(
          "wasm-interp --enable-multi-memory --enable-memory64 --run-all-exports " + file.string());
      EXPECT_THAT(result.output, HasSubstr("main() => i32:40"));
    }
  }
}

// A side module of dynamic linking has no control functions: the main module's write the globals.
TEST(Probe, side_module_tells_of_its_frames) {
  const Bytes original = assembleShape({.importedGlobals = true, .controls = false});
  const Probed probed = probeOrFail(original);
  EXPECT_EQ(probed.counts.controlPoints, 0U);
  const NodeRun run = testing::runScriptInNode(probed.bytes, R"(
    const set = (state) => { e['asyncscope.state'].value = state; e['asyncscope.data'].value = 64; };
    host.startUnwind = () => set(1);
    host.startRewind = () => set(2);
    host.stopUnwind = host.stopRewind = () => set(0);
    say(drive('run', 3));)");
  EXPECT_EQ(run.outcome, "40");
  EXPECT_THAT(run.events, ElementsAre("UnwindSaved run@0 104 0", "RewindEntered run@0 104 0"));
}

const char* const kSampleOptions[] = {"-O0 --asyncify", "-O1 --asyncify", "-O3 --asyncify -O3",
                                      "-Os --asyncify -O4", "--asyncify -Oz"};

// Many cycles through direct and indirect calls, loops and recursion; every frame that is left
// while unwinding is entered again while rewinding, at the same position.
TEST(Probe, sample_program_behaves_the_same) {
  for (const std::string& wasmOpt :
       {asyncify::testing::systemBinaryen(), asyncify::testing::npmBinaryen()}) {
    for (const std::string options : kSampleOptions) {
      SCOPED_TRACE(wasmOpt + " " + options);
      const Bytes original =
          asyncify::testing::runAsyncify(wasmOpt, asyncify::testing::sampleProgram(),
                                         options + " --pass-arg=asyncify-imports@env.sleep")
              .bytes;
      const Probed probed = probeOrFail(original);
      EXPECT_EQ(probed.counts.sites + probed.counts.entryChecks + probed.counts.exits, 0U);
      const auto events = eventsOf(original, probed, "run", 4);
      std::vector<std::string> saved;
      int cycles = 0;
      for (const std::string& event : events) {
        if (event.starts_with("UnwindSaved ")) {
          saved.push_back(event.substr(12));
        } else if (event.starts_with("RewindEntered ")) {
          ASSERT_FALSE(saved.empty());
          EXPECT_EQ(saved.back(), event.substr(14));
          saved.pop_back();
        } else if (event.starts_with("StopRewind ")) {
          EXPECT_TRUE(saved.empty());
          EXPECT_THAT(event, HasSubstr("@2 96 "));
          ++cycles;
        }
      }
      EXPECT_EQ(cycles, 6);
    }
  }
}

// `through` is instrumented for its other callee only when it has one; here it has none, so with
// indirect calls ignored it is plain, and so is its caller's path through it.
TEST(Probe, ignored_indirect_call_is_named) {
  const Bytes original =
      asyncify::testing::runAsyncify(asyncify::testing::systemBinaryen(),
                                     asyncify::testing::sampleProgram(),
                                     "-O0 --asyncify --pass-arg=asyncify-imports@env.sleep "
                                     "--pass-arg=asyncify-ignore-indirect")
          .bytes;
  const auto found = asyncify::testing::recogniseOrFail(original);
  const auto names = found.module.functionNames();
  const auto through = std::find(names.begin(), names.end(), "through") - names.begin();
  const auto* function = found.info.function(static_cast<std::uint32_t>(through));
  ASSERT_NE(function, nullptr);
  EXPECT_FALSE(function->instrumented);
  const std::string site = std::to_string(found.info.sitesOf(*function)[0].offset);
  const Probed probed = probeOrFail(original);
  EXPECT_EQ(probed.counts.entryChecks, 1U);
  const NodeRun run = runInNode(probed.bytes, "run", 4);
  const auto passed = std::find_if(run.events.begin(), run.events.end(), [](const auto& event) {
    return event.starts_with("UnwindPassed");
  });
  ASSERT_NE(passed, run.events.end());
  EXPECT_THAT(*passed, ::testing::StartsWith("UnwindPassed through@" + site + " "));
  EXPECT_THAT(*(passed - 1), ::testing::StartsWith("UnwindSaved nap@0 "));
  EXPECT_EQ(runInNode(original, "run", 4).outcome, run.outcome);
}

// The body's own label may be the target of any branch, and values of any number may go with it.
constexpr const char* kOddFunctions = R"(
  (func $odd (export "odd") (param i32) (result i32 i64)
    (block $inner
      (block $innermost
        (br_table $innermost $inner (local.get 0)))
      (return (i32.const 10) (i64.const 11)))
    (if (i32.eq (local.get 0) (i32.const 1)) (then (br 1 (i32.const 20) (i64.const 21))))
    (loop (result i32 i64) (br 1 (i32.const 30) (i64.const 31))))
  (func $oddVoid (export "oddVoid") (param i32)
    (br_if 0 (i32.eqz (local.get 0)))
    (try (do (if (i32.eq (local.get 0) (i32.const 1)) (then (return)))) (delegate 0))
    (block (br_table 0 1 (local.get 0)))
    (unreachable)))";

TEST(Probe, exit_check_keeps_branches_to_the_functions_label) {
  std::string text = Shape{}.text();
  text.insert(text.rfind(')'), kOddFunctions);
  const Bytes original = wasm::testing::assemble(text, "--debug-names");
  auto found = asyncify::testing::recogniseOrFail(original);
  const auto names = found.module.functionNames();
  for (const std::string_view name : {"odd", "oddVoid"}) {
    const auto index =
        static_cast<std::uint32_t>(std::find(names.begin(), names.end(), name) - names.begin());
    asyncify::FunctionInfo function;
    function.index = index;
    function.body = found.module.functions[index].body;
    function.code = found.module.functions[index].code;
    function.instrumented = true;
    found.info.functions.push_back(function);
  }
  const auto probed = probe(found.module, found.info);
  ASSERT_TRUE(probed) << probed.error().message;
  EXPECT_EQ(probed->counts.exits, 2U);
  testing::expectValid(probed->bytes);
  const std::string script = R"(
    const calls = () => { for (const i of [0, 1, 2]) { say(e.odd(i).map(String).join('+')); }
                          e.oddVoid(0); e.oddVoid(1); e.oddVoid(2); say('back'); };
    calls();
    new DataView(e.memory.buffer).setUint32(64, 96, true);
    new DataView(e.memory.buffer).setUint32(68, 256, true);
    e.a(64);
    calls();)";
  const NodeRun before = testing::runScriptInNode(original, script);
  const NodeRun after = testing::runScriptInNode(probed->bytes, script);
  EXPECT_EQ(before.outcome, "10+11, 20+21, 30+31, back, 10+11, 20+21, 30+31, back");
  EXPECT_EQ(after.outcome, before.outcome);
  EXPECT_THAT(after.events, ElementsAre("StartUnwind start_unwind@0 96 0", "UnwindLeft odd@0 96 0",
                                        "UnwindLeft odd@0 96 0", "UnwindLeft odd@0 96 0",
                                        "UnwindLeft oddVoid@0 96 0", "UnwindLeft oddVoid@0 96 0",
                                        "UnwindLeft oddVoid@0 96 0"));
}

// As if no shape had been recognised: all functions get the simple form.
TEST(Probe, simple_form_tells_the_same_positions) {
  for (const std::string options : kSampleOptions) {
    SCOPED_TRACE(options);
    const Bytes original =
        asyncify::testing::runAsyncify(asyncify::testing::systemBinaryen(),
                                       asyncify::testing::sampleProgram(),
                                       options + " --pass-arg=asyncify-imports@env.sleep")
            .bytes;
    auto found = asyncify::testing::recogniseOrFail(original);
    for (auto& function : found.info.functions) {
      function.recognised = false;
    }
    const auto simple = probe(found.module, found.info);
    ASSERT_TRUE(simple) << simple.error().message;
    EXPECT_EQ(simple->counts.exits, found.info.functions.size());
    auto events = eventsOf(original, *simple, "run", 4);
    for (std::string& event : events) {
      if (event.starts_with("UnwindLeft")) {
        event.replace(0, 10, "UnwindSaved");
      }
    }
    EXPECT_EQ(events, runInNode(probeOrFail(original).bytes, "run", 4).events);
  }
}

// $forward has two sites of which a call runs one: enough for the price of an exit check.
TEST(Probe, growth_limit_trades_sites_for_exits) {
  const Bytes program = wasm::testing::assemble(R"((module
    (import "env" "sleep" (func $sleep))
    (memory (export "memory") 1)
    (func $nap (param i32) (result i32)
      (call $sleep)
      (i32.add (local.get 0) (i32.const 1)))
    (func $forward (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (call $nap (i32.const 5)))))
      (if (i32.eq (local.get 0) (i32.const 1)) (then (return (call $nap (i32.const 6)))))
      (call $nap (local.get 0)))
    (func (export "run") (param i32) (result i32)
      (i32.mul (call $forward (local.get 0)) (i32.const 2)))
  ))",
                                                "--debug-names");
  const Bytes original =
      asyncify::testing::runAsyncify(asyncify::testing::systemBinaryen(), program,
                                     "-O0 --asyncify --pass-arg=asyncify-removelist@forward "
                                     "--pass-arg=asyncify-imports@env.sleep")
          .bytes;
  const Probed exact = probeOrFail(original, {.growthLimit = 10});
  EXPECT_TRUE(exact.coarseFunctions.empty());
  EXPECT_EQ(exact.counts.exits, 0U);
  EXPECT_EQ(exact.counts.sites, 4U);
  const NodeRun exactRun = runInNode(exact.bytes, "run", 1);
  EXPECT_THAT(exactRun.events, ::testing::Contains(::testing::StartsWith("UnwindPassed forward@")));

  const Probed coarse = probeOrFail(original, {.growthLimit = 0});
  EXPECT_THAT(coarse.coarseFunctions, ElementsAre(2U));
  EXPECT_EQ(coarse.counts.exits, 1U);
  EXPECT_EQ(coarse.counts.sites, 1U);
  EXPECT_LT(coarse.bytes.size(), exact.bytes.size());
  testing::expectValid(coarse.bytes);
  const NodeRun run = runInNode(coarse.bytes, "run", 1);
  EXPECT_EQ(run.outcome, exactRun.outcome);
  EXPECT_EQ(run.outcome, runInNode(original, "run", 1).outcome);
  EXPECT_THAT(run.events, ::testing::Contains(::testing::StartsWith("UnwindLeft forward@0 ")));
}

// The bounds test of the module traps on such a pointer; the probe before it must not.
TEST(Probe, never_traps_on_a_wild_data_pointer) {
  const Probed probed = probeOrFail(assembleShape({}));
  const NodeRun run = testing::runScriptInNode(probed.bytes, R"(
    for (const at of [0xfffffffc, 65533, 65532]) { try { e.a(at); } catch { say('trap'); } })");
  EXPECT_EQ(run.outcome, "trap, trap, trap");
  EXPECT_THAT(run.events,
              ElementsAre("StartUnwind start_unwind@0 -1 0", "StartUnwind start_unwind@1 -1 0",
                          "StartUnwind start_unwind@1 0 0"));
}

TEST(Probe, nothing_runs_after_a_tail_call) {
  std::string text = Shape{}.text();
  text.insert(text.rfind(')'), R"((func (export "tail") (param i32) (result i32)
    (return_call $run (local.get 0))))");
  const Bytes original = wasm::testing::assemble(text);
  const auto found = asyncify::testing::recogniseOrFail(original);
  ASSERT_TRUE(found.info.sites.back().tail);
  EXPECT_TRUE(found.info.sites.back().maySuspend);
  const Probed probed = probeOrFail(original);
  EXPECT_EQ(probed.counts.sites, 0U);
  EXPECT_EQ(wasm::testing::wabtVerdict(probed.bytes), "");
}

// A probed module is no longer in the shape of Asyncify, so it would come out as it is; and the
// exports would clash.
TEST(Probe, second_probing_is_refused) {
  const Bytes original = assembleShape({});
  const auto found = asyncify::testing::recogniseOrFail(original);
  const Probed once = probeOrFail(original);
  const auto module = wasm::readModule(once.bytes);
  ASSERT_TRUE(module);
  const auto again = asyncify::recognise(*module);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->has_value());
  const auto twice = probe(*module, found.info);
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("already probed"));
}

TEST(Probe, nothing_to_probe_is_the_same_to_the_byte) {
  const Bytes original = assembleShape({});
  auto found = asyncify::testing::recogniseOrFail(original);
  found.info.functions.clear();
  found.info.controlPoints.clear();
  const auto probed = probe(found.module, found.info);
  ASSERT_TRUE(probed);
  EXPECT_FALSE(probed->changed);
  EXPECT_EQ(probed->bytes, original);
}

TEST(Probe, real_modules_stay_valid_and_small) {
  struct Case {
    std::string path;
    double ratio;
  };
  for (const Case& test :
       {Case{"@jitl/quickjs-wasmfile-debug-asyncify/dist/emscripten-module.wasm", 1.02},
        Case{"wa-sqlite/dist/wa-sqlite-async.wasm", 1.02}}) {
    SCOPED_TRACE(test.path);
    const Bytes original = asyncify::testing::npmFile(test.path);
    const Probed probed = probeOrFail(original);
    testing::expectValid(probed.bytes);
    EXPECT_EQ(probed.counts.entryChecks + probed.counts.sites + probed.counts.exits, 0U);
    EXPECT_LE(static_cast<double>(probed.bytes.size()),
              test.ratio * static_cast<double>(original.size()));
  }
}

TEST(Probe, micropython_with_indirect_calls_ignored) {
  const Bytes original =
      asyncify::testing::runAsyncify(
          asyncify::testing::systemBinaryen(),
          asyncify::testing::npmFile(
              "@micropython/micropython-webassembly-pyscript/micropython.wasm"),
          "-O1 --asyncify --pass-arg=asyncify-imports@env.mp_js_hook,env.invoke_* "
          "--pass-arg=asyncify-ignore-indirect")
          .bytes;
  const Probed probed = probeOrFail(original);
  testing::expectValid(probed.bytes);
  EXPECT_LE(static_cast<double>(probed.bytes.size()), 1.05 * static_cast<double>(original.size()));
  const auto place = probed.offsets.toPatched(125258);
  ASSERT_TRUE(place);
  EXPECT_EQ(probed.bytes[*place], 0x11);  // call_indirect
  EXPECT_EQ(probed.offsets.toOriginal(*place), 125258U);
  const auto file = wasm::testing::scratchDirectory() / "micropython.wasm";
  wasm::testing::writeFile(file, probed.bytes);
  // wasm-opt numbers nameless functions, which would clash with the numbers that it gave as names.
  const auto module = wasm::readModule(probed.bytes);
  ASSERT_TRUE(module);
  EXPECT_EQ(module->functionNames().back(), "asyncscope.control");
  const auto reread = wasm::testing::runTool("wasm-opt --all-features " + file.string() + " -o " +
                                             file.string() + ".out");
  EXPECT_EQ(reread.status, 0) << reread.output;
}

}  // namespace
}  // namespace asyncscope::probe
