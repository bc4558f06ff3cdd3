#include "analyzer/cycles/engine_stack.h"

#include <gtest/gtest.h>

namespace asyncscope::analyzer {
namespace {

TEST(EngineStack, ReadsV8) {
  const auto frames = parseEngineStack(
      "Error\n"
      "    at Object.hook [as env.hook] (file:///a%20b/app.js:12:7)\n"
      "    at wasm://wasm/9a3b41c2:wasm-function[376]:0x1e94a\n"
      "    at call_n_kw (wasm://wasm/vm.wasm-9a3b41c2:wasm-function[377]:0x1f000)\n"
      "    at async Promise.all (index 0)\n"
      "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\n");
  ASSERT_EQ(frames.size(), 5u);
  EXPECT_FALSE(frames[0].wasm);
  EXPECT_EQ(frames[0].name, "Object.hook [as env.hook]");
  EXPECT_EQ(frames[0].script, "file:///a%20b/app.js");
  EXPECT_EQ(frames[0].line, 12u);
  EXPECT_TRUE(frames[1].wasm);
  EXPECT_EQ(frames[1].function, 376u);
  EXPECT_EQ(frames[1].offset, 0x1e94au);
  EXPECT_EQ(frames[1].script, "wasm://wasm/9a3b41c2");
  EXPECT_TRUE(frames[2].wasm);
  EXPECT_EQ(frames[2].name, "call_n_kw");
  EXPECT_EQ(frames[2].offset, 0x1f000u);
  EXPECT_FALSE(frames[3].wasm);
}

TEST(EngineStack, ReadsSpiderMonkey) {
  const auto frames = parseEngineStack(
      "hook@http://localhost:8000/app.js:12:7\n"
      "call_n_kw@http://localhost:8000/app.wasm:wasm-function[376]:0x1e94a\n"
      "@http://localhost:8000/app.js:3:1\n");
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].name, "hook");
  EXPECT_EQ(frames[0].line, 12u);
  EXPECT_TRUE(frames[1].wasm);
  EXPECT_EQ(frames[1].name, "call_n_kw");
  EXPECT_EQ(frames[1].function, 376u);
  EXPECT_EQ(frames[1].script, "http://localhost:8000/app.wasm");
  EXPECT_TRUE(frames[2].name.empty());
}

TEST(EngineStack, TakesNoNumberThatDoesNotFit) {
  const auto frames = parseEngineStack("    at wasm://wasm/0:wasm-function[99999999999]:0x1\n");
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_FALSE(frames[0].wasm);
}

}  // namespace
}  // namespace asyncscope::analyzer
