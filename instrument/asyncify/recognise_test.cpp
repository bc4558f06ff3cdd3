// The recogniser against Asyncify's own account of what it did, over versions and optimisation.
#include "instrument/asyncify/recognise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "instrument/asyncify/test_tools.h"

namespace asyncscope::asyncify {
namespace {

using testing::Asyncified;
using testing::Bytes;
using testing::recogniseOrFail;
using testing::runAsyncify;

// Later inlining would move calls into other functions, of which Asyncify's account knows nothing.
constexpr const char* kNoInlining =
    " --always-inline-max-function-size=0 --flexible-inline-max-function-size=0"
    " --one-caller-inline-max-function-size=0 ";

struct Optimisation {
  const char* name;
  const char* options;  // with the pass among them
};
void PrintTo(const Optimisation& optimisation, std::ostream* out) { *out << optimisation.options; }

class AgreesWithAsyncify : public ::testing::TestWithParam<Optimisation> {
 protected:
  static void check(const std::string& wasmOpt, const Bytes& module, const std::string& imports) {
    const std::string options =
        kNoInlining + std::string(GetParam().options) + " --pass-arg=asyncify-imports@" + imports;
    const Asyncified all = runAsyncify(wasmOpt, module, options);
    testing::expectAgreement(all.bytes, all.decisions, false);
    const Asyncified some =
        runAsyncify(wasmOpt, module, options + " --pass-arg=asyncify-ignore-indirect");
    testing::expectAgreement(some.bytes, some.decisions, true);
  }
};

TEST_P(AgreesWithAsyncify, sample_system_binaryen) {
  check(testing::systemBinaryen(), testing::sampleProgram(), "env.sleep");
}

TEST_P(AgreesWithAsyncify, sample_npm_binaryen) {
  check(testing::npmBinaryen(), testing::sampleProgram(), "env.sleep");
}

INSTANTIATE_TEST_SUITE_P(
    Levels, AgreesWithAsyncify,
    ::testing::Values(Optimisation{"O0", "-O0 --asyncify"}, Optimisation{"O1", "-O1 --asyncify"},
                      Optimisation{"O2", "-O2 --asyncify"}, Optimisation{"O3", "-O3 --asyncify"},
                      Optimisation{"O4", "-O4 --asyncify"}, Optimisation{"Os", "-Os --asyncify"},
                      Optimisation{"Oz", "-Oz --asyncify"},
                      Optimisation{"O0_then_O1", "--asyncify -O1"},
                      Optimisation{"O0_then_O3", "--asyncify -O3"},
                      Optimisation{"O3_then_O3", "-O3 --asyncify -O3"},
                      Optimisation{"asserts", "-O1 --asyncify --pass-arg=asyncify-asserts"}),
    [](const auto& entry) { return std::string(entry.param.name); });

// 1400 functions that a compiler wrote. It has no names, and the newer wasm-opt writes only names
// that it has read; so the older one gives it some first.
TEST(Recognise, agrees_on_micropython) {
  const Bytes module =
      testing::runAsyncify(
          testing::systemBinaryen(),
          testing::npmFile("@micropython/micropython-webassembly-pyscript/micropython.wasm"), "-O0")
          .bytes;
  struct Run {
    std::string wasmOpt, level;
    bool ignore;
  };
  for (const Run& run : {Run{testing::systemBinaryen(), "-O1 --asyncify", true},
                         Run{testing::systemBinaryen(), "-O0 --asyncify", false},
                         Run{testing::npmBinaryen(), "-O1 --asyncify", true},
                         Run{testing::npmBinaryen(), "--asyncify -O2", false}}) {
    SCOPED_TRACE(run.wasmOpt + " " + run.level + (run.ignore ? " indirect ignored" : ""));
    const Asyncified result = runAsyncify(
        run.wasmOpt, module,
        kNoInlining + run.level + " --pass-arg=asyncify-imports@env.mp_js_hook,env.invoke_*" +
            (run.ignore ? " --pass-arg=asyncify-ignore-indirect" : ""));
    testing::expectAgreement(result.bytes, result.decisions, run.ignore);
  }
}

// The case that the whole project began with: instrumented, but not at the indirect call.
TEST(Recognise, finds_the_unguarded_site_of_micropython) {
  const Bytes module =
      testing::npmFile("@micropython/micropython-webassembly-pyscript/micropython.wasm");
  const Asyncified result =
      runAsyncify(testing::systemBinaryen(), module,
                  "-O1 --asyncify --pass-arg=asyncify-imports@env.mp_js_hook,env.invoke_* "
                  "--pass-arg=asyncify-ignore-indirect");
  const auto found = recogniseOrFail(result.bytes);
  const FunctionInfo* function = found.info.function(376);
  ASSERT_NE(function, nullptr);
  EXPECT_TRUE(function->instrumented);
  EXPECT_EQ(function->recordBytes, 8U);
  std::vector<const Site*> open;
  for (const Site& site : found.info.sitesOf(*function)) {
    if (site.maySuspend && !site.guarded) {
      open.push_back(&site);
    }
  }
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0]->offset, 125258U);
  EXPECT_EQ(open[0]->kind, SiteKind::CallIndirect);
}

TEST(Recognise, published_modules_leave_no_site_open) {
  for (const std::string path :
       {"@jitl/quickjs-wasmfile-debug-asyncify/dist/emscripten-module.wasm",
        "wa-sqlite/dist/wa-sqlite-async.wasm"}) {
    SCOPED_TRACE(path);
    const Bytes bytes = testing::npmFile(path);
    const auto found = recogniseOrFail(bytes);
    EXPECT_FALSE(found.info.indirectIgnored);
    EXPECT_GT(found.info.functions.size(), 800U);
    EXPECT_NE(found.info.stackPointer, kNoIndex);
    EXPECT_FALSE(found.info.suspendingImports.empty());
    for (const FunctionInfo& function : found.info.functions) {
      EXPECT_TRUE(function.recognised) << function.index;
      EXPECT_GE(function.recordBytes, 4U) << function.index;
    }
    EXPECT_TRUE(std::none_of(found.info.sites.begin(), found.info.sites.end(),
                             [](const Site& site) { return site.maySuspend && !site.guarded; }));
  }
}

TEST(Recognise, modules_without_asyncify_are_none) {
  const Bytes plain = testing::npmFile("wa-sqlite/dist/wa-sqlite.wasm");
  const Bytes sample = testing::sampleProgram();
  for (const Bytes& bytes : {plain, sample}) {
    const auto module = wasm::readModule(bytes);
    ASSERT_TRUE(module);
    const auto info = recognise(*module);
    ASSERT_TRUE(info);
    EXPECT_FALSE(info->has_value());
  }
}

TEST(Recognise, lists_decide_by_function) {
  const std::string base = std::string(kNoInlining) + "-O1 --asyncify --pass-arg=asyncify-imports@";
  const Bytes module = testing::sampleProgram();
  const Asyncified added = runAsyncify(testing::systemBinaryen(), module,
                                       base +
                                           "env.sleep --pass-arg=asyncify-ignore-indirect "
                                           "--pass-arg=asyncify-addlist@through");
  const auto found = recogniseOrFail(added.bytes);
  const auto names = found.module.functionNames();
  for (const FunctionInfo& function : found.info.functions) {
    for (const Site& site : found.info.sitesOf(function)) {
      if (site.kind == SiteKind::CallIndirect) {
        EXPECT_EQ(names[function.index], "through");
        EXPECT_TRUE(site.guarded);
      }
    }
  }
  const Asyncified removed = runAsyncify(testing::systemBinaryen(), module,
                                         base + "env.sleep --pass-arg=asyncify-removelist@deep");
  const auto without = recogniseOrFail(removed.bytes);
  const auto deep = std::find(names.begin(), names.end(), "deep") - names.begin();
  const FunctionInfo* function = without.info.function(static_cast<std::uint32_t>(deep));
  ASSERT_NE(function, nullptr) << "deep may suspend though it is not instrumented";
  EXPECT_FALSE(function->instrumented);
  EXPECT_TRUE(function->maySuspend);
  EXPECT_FALSE(without.info.indirectIgnored);
}

TEST(Recognise, undecodable_body_is_an_error_with_its_offset) {
  Asyncified result =
      runAsyncify(testing::systemBinaryen(), testing::sampleProgram(), "-O1 --asyncify");
  const auto found = recogniseOrFail(result.bytes);
  ASSERT_FALSE(found.info.functions.empty());
  // Behind the prologue, so that the module still counts as asyncified.
  const std::uint32_t offset = found.info.sites.back().offset;
  result.bytes[offset] = 0xFF;
  const auto module = wasm::readModule(result.bytes);
  ASSERT_TRUE(module);
  const auto info = recognise(*module);
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().offset, offset);
}

}  // namespace
}  // namespace asyncscope::asyncify
