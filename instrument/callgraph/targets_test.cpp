// Which functions an indirect call can lead to, in modules written for one way of getting an index.
#include "instrument/callgraph/targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "instrument/module/test_tools.h"

namespace asyncscope::callgraph {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Six functions of one type in a table, $f1 at index 1 and so on; exports run, whose body is given.
class Sample {
 public:
  explicit Sample(const std::string& functions, const std::string& more = "")
      : bytes_(wasm::testing::assemble(R"((module
    (type $task (func (param i32) (result i32)))
    (memory 1)
    (table 7 funcref)
    (elem (i32.const 1) $f1 $f2 $f3 $f4 $f5 $f6)
    (global $sp (mut i32) (i32.const 65536))
    (func $f1 (type $task) (local.get 0))
    (func $f2 (type $task) (local.get 0))
    (func $f3 (type $task) (local.get 0))
    (func $f4 (type $task) (local.get 0))
    (func $f5 (type $task) (local.get 0))
    (func $f6 (type $task) (local.get 0)))" +
                                       more + functions + ")")) {
    auto module = wasm::readModule(bytes_);
    EXPECT_TRUE(module);
    module_ = std::move(*module);
    SuspendGlobals globals;
    globals.stackPointer = 0;
    auto targets = Targets::find(module_, globals);
    EXPECT_TRUE(targets);
    targets_ = std::move(*targets);
  }

  const Targets& targets() const { return targets_; }
  // Of the only, or the n-th, indirect call; as the numbers in the names $f1 …
  std::vector<std::uint32_t> possible(std::size_t n = 0) const {
    return named(targets_.functions(targets_.sites()[n].possible));
  }
  std::vector<std::uint32_t> likely(std::size_t n = 0) const {
    return named(targets_.functions(targets_.sites()[n].likely));
  }

 private:
  static std::vector<std::uint32_t> named(std::span<const std::uint32_t> functions) {
    std::vector<std::uint32_t> names;
    for (const std::uint32_t function : functions) names.push_back(function + 1);
    return names;
  }

  wasm::testing::Bytes bytes_;
  wasm::Module module_;
  Targets targets_;
};

// Words that hold the indices of all six, so that nothing is left out for want of holders.
constexpr const char* kHolders =
    "(data (i32.const 2048) \"\\01\\00\\00\\00\\02\\00\\00\\00\\03\\00\\00\\00"
    "\\04\\00\\00\\00\\05\\00\\00\\00\\06\\00\\00\\00\")";

TEST(Targets, a_constant_index_leads_to_one_function) {
  const Sample sample(
      "(func (export \"run\") (result i32) (call_indirect (type $task) (i32.const 7) (i32.const "
      "3)))",
      kHolders);
  EXPECT_THAT(sample.possible(), ElementsAre(3));
  EXPECT_EQ(sample.targets().sites()[0].by, TargetSite::By::Constants);
  EXPECT_EQ(sample.targets().sites()[0].bySignature, 6U);
}

TEST(Targets, an_argument_comes_from_all_callers) {
  const Sample sample(R"(
    (func $apply (param i32) (result i32)
      (call_indirect (type $task) (i32.const 7) (local.get 0)))
    (func (export "run") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (call $apply (i32.const 2))) (else (call $apply (i32.const 5))))))",
                      kHolders);
  EXPECT_THAT(sample.possible(), ElementsAre(2, 5));
}

TEST(Targets, ways_that_meet_are_all_taken) {
  const Sample sample(R"(
    (func (export "run") (param i32) (result i32) (local $f i32)
      (local.set $f (i32.const 1))
      (block (loop
        (br_if 1 (i32.eqz (local.get 0)))
        (local.set $f (select (i32.const 2) (local.get $f) (local.get 0)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br 0)))
      (if (local.get 0) (then (local.set $f (i32.const 6))))
      (call_indirect (type $task) (i32.const 7) (local.get $f))))",
                      kHolders);
  EXPECT_THAT(sample.possible(), ElementsAre(1, 2, 6));
}

TEST(Targets, what_an_earlier_round_has_set_counts_behind_the_loop) {
  const Sample sample(R"(
    (func (export "run") (param i32) (result i32) (local $f i32)
      (local.set $f (i32.const 1))
      (loop
        (if (local.get 0)
          (then
            (local.set $f (i32.const 4))
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (br 1))))
      (call_indirect (type $task) (i32.const 7) (local.get $f))))",
                      kHolders);
  EXPECT_THAT(sample.possible(), ElementsAre(1, 4));
}

TEST(Targets, what_an_outer_loop_has_set_counts_where_both_are_left) {
  const Sample sample(R"(
    (func (export "run") (param i32) (result i32) (local $f i32)
      (local.set $f (i32.const 1))
      (block
        (loop
          (loop
            (br_if 2 (i32.eqz (local.get 0)))
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (br_if 0 (i32.and (local.get 0) (i32.const 1))))
          (local.set $f (i32.const 5))
          (br 0)))
      (call_indirect (type $task) (i32.const 7) (local.get $f))))",
                      kHolders);
  EXPECT_THAT(sample.possible(), ElementsAre(1, 5));
}

TEST(Targets, what_a_local_held_before_does_not_count) {
  const Sample sample(R"(
    (func (export "run") (result i32) (local $f i32)
      (local.set $f (i32.const 1))
      (local.set $f (call_indirect (type $task) (i32.const 7) (local.get $f)))
      (local.set $f (i32.const 4))
      (call_indirect (type $task) (i32.const 7) (local.get $f))))",
                      kHolders);
  EXPECT_THAT(sample.possible(0), ElementsAre(1));
  EXPECT_THAT(sample.possible(1), ElementsAre(4));
}

TEST(Targets, a_load_finds_what_lies_in_its_slot) {
  // Two objects: at 1024 {0, 1, 2}, at 1040 {0, 3, 4}; the load reads the second word.
  const Sample sample(
      R"(
    (func $call (param $object i32) (result i32)
      (call_indirect (type $task) (i32.const 7) (i32.load offset=4 (local.get $object))))
    (func (export "run") (param i32) (result i32)
      (i32.add (call $call (i32.const 1024)) (call $call (i32.const 1040)))))",
      std::string(kHolders) +
          "(data (i32.const 1024) \"\\00\\00\\00\\00\\01\\00\\00\\00\\02\\00\\00\\00\")"
          "(data (i32.const 1040) \"\\00\\00\\00\\00\\03\\00\\00\\00\\04\\00\\00\\00\")");
  EXPECT_THAT(sample.likely(), ElementsAre(1, 3));
  EXPECT_THAT(sample.possible(), ElementsAre(1, 2, 3, 4, 5, 6)) << "the slot is no proof";
  EXPECT_EQ(sample.targets().sites()[0].by, TargetSite::By::Held);
}

TEST(Targets, a_load_finds_what_code_stores_in_its_slot) {
  const Sample sample(R"(
    (func $set (param $object i32) (param $f i32)
      (i32.store offset=8 (local.get $object) (local.get $f)))
    (func $call (param $object i32) (result i32)
      (call_indirect (type $task) (i32.const 7) (i32.load offset=8 (local.get $object))))
    (func (export "run") (param $heap i32) (result i32)
      (call $set (local.get $heap) (i32.const 6))
      (call $call (local.get $heap))))",
                      kHolders);
  EXPECT_THAT(sample.likely(), ElementsAre(6));
}

// As snprintf does: the object lies in the frame of the caller, memset gives its address back, and
// what another function stores at the same offset of an allocated object is none of its business.
TEST(Targets, an_object_in_the_c_stack_holds_what_is_stored_in_it) {
  const Sample sample(R"(
    (func $zero (param $to i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (local.get $to))
      (loop $next
        (i32.store8 (local.get $at) (i32.const 0))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $at) (i32.add (local.get $to) (local.get $size)))))
      (local.get $to))
    (func $alloc (result i32) (i32.load (i32.const 4096)))
    (func (export "count")
      (i32.store offset=20 (call $zero (call $alloc) (i32.const 24)) (i32.const 4)))
    (func $use (param $object i32) (result i32)
      (call_indirect (type $task) (i32.const 7) (i32.load offset=20 (local.get $object))))
    (func (export "run") (result i32)
      (local $frame i32)
      (global.set $sp (local.tee $frame (i32.sub (global.get $sp) (i32.const 64))))
      (i32.store offset=20
        (local.tee $frame (call $zero (i32.add (local.get $frame) (i32.const 16)) (i32.const 24)))
        (i32.const 3))
      (call $use (local.get $frame))))",
                      kHolders);
  EXPECT_THAT(sample.likely(), ElementsAre(3));
  EXPECT_THAT(sample.possible(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Targets, a_slot_in_the_c_stack_that_no_code_writes_leads_nowhere) {
  const std::string begin = R"(
    (func (export "run") (result i32)
      (local $frame i32)
      (global.set $sp (local.tee $frame (i32.sub (global.get $sp) (i32.const 64))))
      (i32.store offset=16 (local.get $frame) (i32.const 3)))";
  const std::string end = R"(
      (call_indirect (type $task) (i32.const 7) (i32.load offset=20 (local.get $frame)))))";
  const Sample unwritten(begin + end, kHolders);
  EXPECT_THAT(unwritten.likely(), IsEmpty());
  EXPECT_THAT(unwritten.possible(), ElementsAre(1, 2, 3, 4, 5, 6));
  const Sample copied(
      begin + "(memory.copy (local.get $frame) (i32.const 2048) (i32.const 24))" + end, kHolders);
  EXPECT_THAT(copied.likely(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Targets, null_leads_nowhere) {
  const Sample sample(R"(
    (func $use (param $callback i32) (result i32)
      (call_indirect (type $task) (i32.const 7) (local.get $callback)))
    (func (export "run") (result i32) (call $use (i32.const 0))))",
                      kHolders);
  EXPECT_THAT(sample.likely(), IsEmpty());
}

TEST(Targets, a_function_whose_index_is_nowhere_is_not_called) {
  const Sample sample(
      R"((func (export "run") (param i32) (result i32)
        (call_indirect (type $task) (i32.const 7) (i32.load (i32.const 4096)))))",
      "(data (i32.const 2048) "
      "\"\\01\\00\\00\\00\\02\\00\\00\\00\\03\\00\\00\\00\\04\\00\\00\\00\")");
  EXPECT_THAT(sample.possible(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(sample.targets().unrefined(), Unrefined::No);
}

TEST(Targets, a_computed_index_may_be_any) {
  const Sample sample(R"((func (export "run") (param i32) (result i32)
    (call_indirect (type $task) (i32.const 7) (i32.add (local.get 0) (i32.const 1)))))");
  EXPECT_THAT(sample.possible(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(sample.targets().unrefined(), Unrefined::NotConstants);
}

TEST(Targets, an_index_from_the_host_may_be_any) {
  const Sample sample(
      R"((func (export "run") (param i32) (result i32)
        (call_indirect (type $task) (i32.const 7) (local.get 0))))",
      "(data (i32.const 2048) "
      "\"\\01\\00\\00\\00\\02\\00\\00\\00\\03\\00\\00\\00\\04\\00\\00\\00\")");
  EXPECT_THAT(sample.possible(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Targets, a_table_that_code_writes_is_not_refined) {
  const Sample sample(R"(
    (func (export "run") (result i32)
      (table.set 0 (i32.const 3) (ref.null func))
      (call_indirect (type $task) (i32.const 7) (i32.const 3))))",
                      kHolders);
  EXPECT_EQ(sample.targets().unrefined(), Unrefined::TableWritten);
  EXPECT_THAT(sample.possible(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Targets, another_type_is_never_called) {
  const Sample sample(R"((type $other (func (param i64)))
    (func (export "run") (call_indirect (type $other) (i64.const 7) (i32.const 3))))",
                      kHolders);
  EXPECT_THAT(sample.possible(), IsEmpty());
}

}  // namespace
}  // namespace asyncscope::callgraph
