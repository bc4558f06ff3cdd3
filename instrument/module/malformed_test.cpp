// Hostile modules: cut off at every byte, or with bytes changed at random, they must come out as an
// error with an offset or as a module for which all properties of module_fuzz.cpp hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "instrument/module/module.h"
#include "instrument/module/test_tools.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace asyncscope::wasm {
namespace {

TEST(Malformed, TruncatedAtEveryByte) {
  for (const auto& [name, bytes] : testing::testModules()) {
    const auto whole = readModule(bytes);
    ASSERT_TRUE(whole) << name;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      // A copy of the exact size, so that the sanitizer sees any read behind it.
      const testing::Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      LLVMFuzzerTestOneInput(cut.data(), cut.size());
      const auto module = readModule(cut);
      const bool betweenSections =
          size == 8 || std::any_of(whole->sections.begin(), whole->sections.end(),
                                   [&](const Section& s) { return s.payload.end == size; });
      if (!betweenSections) {
        ASSERT_FALSE(module) << name << " cut to " << size;
        EXPECT_TRUE(module.error().offset) << name << " cut to " << size;
      }
    }
  }
}

TEST(Malformed, RandomChanges) {
  constexpr int kRunsPerModule = 2000;
  for (const auto& [name, bytes] : testing::testModules()) {
    for (int run = 0; run < kRunsPerModule; ++run) {
      std::mt19937_64 random(static_cast<std::uint64_t>(run));
      testing::Bytes changed = bytes;
      for (std::uint64_t i = 0, changes = 1 + random() % 4; i < changes; ++i) {
        changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
      }
      LLVMFuzzerTestOneInput(changed.data(), changed.size());
    }
  }
}

// Counts that promise far more than the file holds must not be believed.
TEST(Malformed, HugeCountsAllocateNothing) {
  const std::uint8_t huge[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x0F};
  for (std::uint8_t id = 1; id <= 13; ++id) {
    testing::Bytes bytes = {0, 'a', 's', 'm', 1, 0, 0, 0, id, 5};
    bytes.insert(bytes.end(), std::begin(huge), std::end(huge));
    EXPECT_FALSE(readModule(bytes)) << int{id};
  }
}

}  // namespace
}  // namespace asyncscope::wasm
