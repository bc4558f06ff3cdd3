// Every shape of asyncified module that is met in the wild and that the levels of optimisation do
// not cover: made by wasm-opt where it can make them, else written by hand in the shape that it
// writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "instrument/asyncify/recognise.h"
#include "instrument/asyncify/shapes.h"
#include "instrument/asyncify/test_tools.h"

namespace asyncscope::asyncify {
namespace {

using testing::Asyncified;
using testing::Bytes;
using testing::recogniseOrFail;
using testing::runAsyncify;
using testing::Shape;

std::vector<ControlKind> kindsOf(const AsyncifyInfo& info) {
  std::vector<ControlKind> kinds;
  for (const Control& control : info.controls) {
    kinds.push_back(control.kind);
  }
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

const std::vector<ControlKind> kFour = {ControlKind::StartUnwind, ControlKind::StopUnwind,
                                        ControlKind::StartRewind, ControlKind::StopRewind};

// The hand-written shape has one instrumented function with one guarded call of index 0 and a
// record of 8 bytes, or 12 with 64-bit pointers.
void expectShape(const Shape& shape) {
  const auto found = recogniseOrFail(wasm::testing::assemble(shape.text(), "--debug-names"));
  const AsyncifyInfo& info = found.info;
  EXPECT_EQ(info.globals.pointer64, shape.pointer64);
  EXPECT_EQ(info.globals.memory, shape.secondMemory ? 1U : 0U);
  const auto names = found.module.globalNames();
  ASSERT_LT(info.globals.state, names.size());
  ASSERT_LT(info.globals.data, names.size());
  EXPECT_EQ(names[info.globals.state], "state");
  EXPECT_EQ(names[info.globals.data], "data");
  std::vector<const FunctionInfo*> instrumented;
  for (const FunctionInfo& function : info.functions) {
    if (function.instrumented) {
      instrumented.push_back(&function);
    }
  }
  ASSERT_EQ(instrumented.size(), 1U);
  EXPECT_TRUE(instrumented[0]->recognised);
  EXPECT_EQ(instrumented[0]->recordBytes, 8U);
  const auto sites = info.sitesOf(*instrumented[0]);
  ASSERT_EQ(sites.size(), 1U);
  EXPECT_TRUE(sites[0].guarded);
  EXPECT_TRUE(sites[0].maySuspend);
  EXPECT_EQ(sites[0].callIndex, 0U);
  if (!shape.controlsInside) {
    EXPECT_EQ(info.suspendingImports, std::vector<std::uint32_t>{0});
  }
}

TEST(Shapes, plain) {
  const Shape shape;
  expectShape(shape);
  const auto found = recogniseOrFail(wasm::testing::assemble(shape.text()));
  EXPECT_EQ(kindsOf(found.info), kFour);
  EXPECT_EQ(found.info.controlPoints.size(), 4U);
  EXPECT_FALSE(found.info.indirectIgnored);
}

TEST(Shapes, imported_globals_of_a_side_module_without_control_functions) {
  const Shape shape{.importedGlobals = true, .controls = false};
  expectShape(shape);
  const auto found = recogniseOrFail(wasm::testing::assemble(shape.text()));
  EXPECT_TRUE(found.info.controls.empty());
  EXPECT_TRUE(found.info.controlPoints.empty());
}

TEST(Shapes, imported_globals_of_a_main_module) { expectShape({.importedGlobals = true}); }

TEST(Shapes, memory64) { expectShape({.pointer64 = true}); }

TEST(Shapes, buffer_in_a_second_memory) { expectShape({.secondMemory = true}); }

TEST(Shapes, buffer_in_a_second_memory_of_64_bits) {
  expectShape({.pointer64 = true, .secondMemory = true});
}

TEST(Shapes, both_stops_in_one_function) {
  const Shape shape{.mergedStops = true};
  expectShape(shape);
  const auto found = recogniseOrFail(wasm::testing::assemble(shape.text()));
  EXPECT_EQ(kindsOf(found.info), kFour);
  EXPECT_EQ(found.info.controlPoints.size(), 3U);
  const auto function = [&](ControlKind kind) {
    return std::find_if(found.info.controls.begin(), found.info.controls.end(),
                        [&](const Control& control) { return control.kind == kind; });
  };
  EXPECT_EQ(function(ControlKind::StopUnwind)->function,
            function(ControlKind::StopRewind)->function);
  EXPECT_EQ(function(ControlKind::StopUnwind)->exportName, "b");
  EXPECT_EQ(function(ControlKind::StopRewind)->exportName, "d");
}

// TinyGo, Ruby and Perl on WASI: functions inside start and stop the unwinds; they are the runtime.
TEST(Shapes, control_calls_inside_the_module) {
  const Shape shape{.controlsInside = true};
  expectShape(shape);
  const auto found = recogniseOrFail(wasm::testing::assemble(shape.text(), "--debug-names"));
  const auto names = found.module.functionNames();
  std::vector<std::string_view> runtime;
  for (const FunctionInfo& function : found.info.functions) {
    if (function.runtime) {
      runtime.push_back(names[function.index]);
      EXPECT_FALSE(function.instrumented);
      EXPECT_TRUE(function.maySuspend) << names[function.index];
    }
  }
  EXPECT_THAT(runtime, ::testing::ElementsAre("innermost", "outermost"));
  const auto caller = std::find(names.begin(), names.end(), "calls_outermost") - names.begin();
  EXPECT_EQ(found.info.function(static_cast<std::uint32_t>(caller)), nullptr)
      << "the outermost runtime hides its unwinds from its callers";
}

TEST(Shapes, control_calls_inlined) {
  const Shape shape{.controls = false, .controlsInside = true};
  expectShape(shape);
  const auto found = recogniseOrFail(wasm::testing::assemble(shape.text(), "--debug-names"));
  EXPECT_EQ(found.info.controlPoints.size(), 4U);
  EXPECT_EQ(kindsOf(found.info), kFour);
  for (const Control& control : found.info.controls) {
    EXPECT_EQ(control.function, kNoIndex);
  }
  // Behind both writes: the helper reads the buffer through the data global.
  for (const ControlPoint& point : found.info.controlPoints) {
    EXPECT_EQ(point.after - point.before, point.value == 0 ? 2U : 2U + 3U + 2U) << point.before;
  }
}

// A module whose own code keeps a mode in a global, and counts down in memory.
TEST(Shapes, a_mutable_global_of_0_1_and_2_is_not_enough) {
  const Bytes bytes = wasm::testing::assemble(R"((module
    (memory 1)
    (global $mode (mut i32) (i32.const 0))
    (global $at (mut i32) (i32.const 8))
    (func (export "one") (param i32)
      (global.set $mode (i32.const 1)) (global.set $at (local.get 0)))
    (func (export "two") (param i32)
      (global.set $mode (i32.const 2)) (global.set $at (local.get 0)))
    (func (export "none") (global.set $mode (i32.const 0)))
    (func (export "check")
      (if (i32.gt_u (i32.load (global.get $at)) (i32.load offset=4 (global.get $at)))
        (then (unreachable))))
    (func (export "pop") (result i32)
      (if (i32.eq (global.get $mode) (i32.const 2))
        (then (i32.store (global.get $at)
                (i32.sub (i32.load (global.get $at)) (i32.const 4)))))
      (i32.load (i32.load (global.get $at))))
  ))");
  const auto module = wasm::readModule(bytes);
  ASSERT_TRUE(module);
  const auto info = recognise(*module);
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->has_value());
}

// Only the control functions tell: no import can suspend, so nothing is instrumented.
TEST(Shapes, asyncified_without_an_instrumented_function) {
  const Bytes module = wasm::testing::assemble(
      R"((module (memory (export "memory") 1) (func (export "f") (result i32) (i32.const 1))))");
  for (const char* level : {"-O0 --asyncify", "-O3 --asyncify -O3"}) {
    const auto found = recogniseOrFail(runAsyncify(testing::systemBinaryen(), module, level).bytes);
    EXPECT_TRUE(found.info.functions.empty());
    EXPECT_GE(found.info.controlPoints.size(), 3U);
    EXPECT_EQ(kindsOf(found.info).front(), ControlKind::StartUnwind);
  }
}

TEST(Shapes, stripped_with_minified_exports_and_without_get_state) {
  const Bytes named = runAsyncify(testing::systemBinaryen(), testing::sampleProgram(),
                                  "-O2 --asyncify --pass-arg=asyncify-imports@env.sleep")
                          .bytes;
  const auto directory = wasm::testing::scratchDirectory();
  wasm::testing::writeFile(directory / "named.wasm", named);
  const std::string graph = R"([{"name":"root","root":true,"reaches":["a","b","c","d","r","m"]},
    {"name":"a","export":"asyncify_start_unwind"},{"name":"b","export":"asyncify_stop_unwind"},
    {"name":"c","export":"asyncify_start_rewind"},{"name":"d","export":"asyncify_stop_rewind"},
    {"name":"r","export":"run"},{"name":"m","export":"memory"}])";
  wasm::testing::writeFile(
      directory / "graph.json",
      std::span(reinterpret_cast<const std::uint8_t*>(graph.data()), graph.size()));
  const auto result = wasm::testing::runTool(
      "cd " + directory.string() +
      " && wasm-metadce --all-features named.wasm --graph-file graph.json -o dce.wasm "
      "&& wasm-opt --all-features -O3 --minify-imports-and-exports dce.wasm -o stripped.wasm");
  ASSERT_EQ(result.status, 0) << result.output;
  const auto found = recogniseOrFail(wasm::testing::readFile(directory / "stripped.wasm"));
  EXPECT_TRUE(found.module.functionNames()[0].empty());
  EXPECT_EQ(kindsOf(found.info), kFour);
  EXPECT_EQ(found.info.suspendingImports.size(), 1U);
  EXPECT_NE(found.info.stackPointer, kNoIndex);
  for (const Control& control : found.info.controls) {
    EXPECT_EQ(control.exportName.find("asyncify"), std::string::npos);
    EXPECT_FALSE(control.exportName.empty());
  }
}

TEST(Shapes, relocatable_by_wasm_opt) {
  const Bytes bytes = runAsyncify(testing::systemBinaryen(), testing::sampleProgram(),
                                  "-O2 --asyncify --pass-arg=asyncify-relocatable "
                                  "--pass-arg=asyncify-imports@env.sleep")
                          .bytes;
  const auto found = recogniseOrFail(bytes);
  EXPECT_NE(found.module.globals[found.info.globals.state].import, kNoIndex);
  EXPECT_NE(found.module.globals[found.info.globals.data].import, kNoIndex);
}

TEST(Shapes, secondary_memory_by_wasm_opt) {
  const Bytes bytes = runAsyncify(testing::npmBinaryen(), testing::sampleProgram(),
                                  "-O2 --asyncify --pass-arg=asyncify-in-secondary-memory "
                                  "--pass-arg=asyncify-imports@env.sleep")
                          .bytes;
  EXPECT_EQ(recogniseOrFail(bytes).info.globals.memory, 1U);
}

// The control functions as imports of the module "asyncify" are turned into calls by the pass.
TEST(Shapes, internal_runtime_by_wasm_opt) {
  const Bytes module = wasm::testing::assemble(R"((module
    (import "asyncify" "start_unwind" (func $start_unwind (param i32)))
    (import "asyncify" "stop_unwind" (func $stop_unwind))
    (import "asyncify" "start_rewind" (func $start_rewind (param i32)))
    (import "asyncify" "stop_rewind" (func $stop_rewind))
    (memory (export "memory") 1)
    (global $sleeping (mut i32) (i32.const 0))
    (func $innermost
      (if (global.get $sleeping)
        (then (call $stop_rewind) (global.set $sleeping (i32.const 0)))
        (else (global.set $sleeping (i32.const 1)) (call $start_unwind (i32.const 16)))))
    (func $middle (param i32) (result i32)
      (call $innermost)
      (i32.mul (local.get 0) (i32.const 2)))
    (func $outermost (export "run") (param i32) (result i32) (local $r i32)
      (local.set $r (call $middle (local.get 0)))
      (if (global.get $sleeping)
        (then (call $stop_unwind) (call $start_rewind (i32.const 16))
          (local.set $r (call $middle (local.get 0)))))
      (local.get $r))
  ))",
                                               "--debug-names");
  for (const std::string level : {"-O0 --asyncify", "-O1 --asyncify", "--asyncify -O3"}) {
    SCOPED_TRACE(level);
    const auto found = recogniseOrFail(
        runAsyncify(testing::systemBinaryen(), module,
                    level + " --pass-arg=asyncify-ignore-imports --one-caller-inline-max-function-"
                            "size=0 --flexible-inline-max-function-size=0")
            .bytes);
    const auto names = found.module.functionNames();
    for (const FunctionInfo& function : found.info.functions) {
      EXPECT_EQ(function.instrumented, names[function.index] == "middle");
      EXPECT_EQ(function.runtime, names[function.index] != "middle");
    }
    EXPECT_EQ(found.info.functions.size(), 3U);
    EXPECT_TRUE(found.info.suspendingImports.empty());
  }
}

}  // namespace
}  // namespace asyncscope::asyncify
