#include "instrument/module/number_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "instrument/module/test_tools.h"

namespace asyncscope::wasm {
namespace {

using ::testing::ElementsAre;

constexpr const char* kText = R"((module
  (import "env" "sleep" (func $sleep)) (import "env" "table" (table 1 funcref))
  (func $run (export "run") (call $sleep)) (func $other)))";

TEST(NumberNames, count_from_the_first_function_that_is_not_imported) {
  const auto plain = testing::assemble(kText);
  const auto module = readModule(plain);
  ASSERT_TRUE(module);
  const auto named = withNumbersAsNames(*module);
  ASSERT_TRUE(named);
  const auto again = readModule(*named);
  ASSERT_TRUE(again);
  EXPECT_THAT(again->functionNames(), ElementsAre("", "0", "1"));
  EXPECT_TRUE(std::equal(plain.begin(), plain.end(), named->begin()));
  EXPECT_FALSE(withNumbersAsNames(*again));
}

}  // namespace
}  // namespace asyncscope::wasm
