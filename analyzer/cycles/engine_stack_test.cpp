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

TEST(EngineStack, ReadsModulesThatSpiderMonkeyNamesAfterALine) {
  const auto frames = parseEngineStack(
      "run@http://localhost/app.js line 565 > WebAssembly.instantiate:wasm-function[134]:0x226b6\n"
      "walk/<@http://localhost/host.mjs line 38 > Function:910:24\n");
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_TRUE(frames[0].wasm);
  EXPECT_TRUE(frames[0].placed);
  EXPECT_EQ(frames[0].function, 134u);
  EXPECT_EQ(frames[0].script, "http://localhost/app.js line 565 > WebAssembly.instantiate");
  EXPECT_EQ(frames[1].name, "walk/<");
  EXPECT_EQ(frames[1].line, 910u);
}

TEST(EngineStack, PartsNamesFromPlacesThatHoldAnAtSign) {
  const auto frames = parseEngineStack(
      "hook@https://cdn.example/@scope/package@1.2.3/app.js:12:7\n"
      "operator@plt@https://cdn.example/@scope/app.wasm:wasm-function[3]:0x45\n"
      "@file:///a@b.js:3:1\n");
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].name, "hook");
  EXPECT_EQ(frames[0].script, "https://cdn.example/@scope/package@1.2.3/app.js");
  EXPECT_EQ(frames[1].name, "operator@plt");
  EXPECT_EQ(frames[1].function, 3u);
  EXPECT_EQ(frames[2].script, "file:///a@b.js");
  EXPECT_EQ(frames[2].line, 3u);
}

TEST(EngineStack, ReadsJavaScriptCore) {
  const auto frames = parseEngineStack(
      "hook@http://localhost:8000/app.js:12:7\n"
      "call_n_kw@<?>:wasm-function[376]\n"
      "2@vm:wasm-function[2]\n"
      "@[native code]\n"
      "global code@app.js:3:64\n");
  ASSERT_EQ(frames.size(), 5u);
  EXPECT_TRUE(frames[1].wasm);
  EXPECT_FALSE(frames[1].placed);
  EXPECT_EQ(frames[1].function, 376u);
  EXPECT_EQ(frames[1].name, "call_n_kw");
  EXPECT_EQ(frames[1].script, "<?>");
  EXPECT_EQ(frames[2].function, 2u);
  EXPECT_EQ(frames[2].script, "vm");
  EXPECT_FALSE(frames[3].wasm);
  EXPECT_EQ(frames[4].line, 3u);
}

TEST(EngineStack, ReadsOlderJavaScriptCore) {
  const auto frames = parseEngineStack(
      "hook@http://localhost:8000/app.js:12:7\n"
      "wasm-stub@[wasm code]\n"
      "<?>.wasm-function[376]@[wasm code]\n"
      "vm.wasm-function[call_n_kw]@[wasm code]\n"
      "wasm-stub@[wasm code]\n"
      "forEach@[native code]\n"
      "global code@http://localhost:8000/app.js:3:1\n");
  ASSERT_EQ(frames.size(), 5u);
  EXPECT_EQ(frames[0].name, "hook");
  EXPECT_TRUE(frames[1].wasm);
  EXPECT_FALSE(frames[1].placed);
  EXPECT_EQ(frames[1].function, 376u);
  EXPECT_TRUE(frames[2].wasm);
  EXPECT_EQ(frames[2].function, kByName);
  EXPECT_EQ(frames[2].name, "call_n_kw");
  EXPECT_EQ(frames[2].script, "vm");
  EXPECT_FALSE(frames[3].wasm);
  EXPECT_EQ(frames[4].name, "global code");
  EXPECT_EQ(frames[4].line, 3u);
}

TEST(EngineStack, TakesNoNumberThatDoesNotFit) {
  const auto frames = parseEngineStack("    at wasm://wasm/0:wasm-function[99999999999]:0x1\n");
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_FALSE(frames[0].wasm);
}

}  // namespace
}  // namespace asyncscope::analyzer
