#include "tracer/record/module_table.h"

#include <gtest/gtest.h>

#include "tracer/record/test_support.h"

namespace asyncscope::record {
namespace {

using namespace testing;

TEST(ModuleTable, ComesBackAsItWas) {
  const ModuleTable table = sampleTable();
  const auto read = readModuleTable(writeModuleTable(table));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->hash, table.hash);
  EXPECT_EQ(read->size, 1000u);
  EXPECT_EQ(read->probedSize, 1100u);
  EXPECT_EQ(read->name, "app");
  EXPECT_TRUE(read->hasNames);
  EXPECT_TRUE(read->indirectIgnored);
  EXPECT_FALSE(read->memory64);
  EXPECT_EQ(read->stateGlobal, 3u);
  EXPECT_EQ(read->stackPointerGlobal, kNoIndex);
  ASSERT_EQ(read->controls.size(), 2u);
  EXPECT_EQ(read->controls[0].exportName, "asyncify_start_unwind");
  EXPECT_EQ(read->controls[1].kind, ControlKind::StopRewind);
  EXPECT_EQ(read->controls[1].function, kNoIndex);
  ASSERT_EQ(read->imports.size(), 2u);
  EXPECT_TRUE(read->imports[0].suspending);
  EXPECT_EQ(read->imports[1].name, "log");
  ASSERT_EQ(read->functions.size(), 2u);
  EXPECT_EQ(read->functions[0].recordBytes, 12u);
  EXPECT_EQ(read->functions[1].bodyEnd, 330u);
  EXPECT_TRUE(read->functions[1].movesStackPointer);
  ASSERT_EQ(read->functions[0].sites.size(), 2u);
  EXPECT_EQ(read->functions[0].sites[0].callIndex, 0u);
  EXPECT_EQ(read->functions[0].sites[1].callIndex, kNoIndex);
  EXPECT_EQ(read->functions[0].sites[1].kind, SiteKind::CallIndirect);
  ASSERT_EQ(read->offsets.size(), 3u);
  EXPECT_EQ(read->offsets[2].original, 240u);
  EXPECT_FALSE(read->functions[0].sites[0].inCatch);
  EXPECT_TRUE(read->functions[0].sites[1].inCatch);
  EXPECT_EQ(read->codeBegin, 190u);
  EXPECT_EQ(read->exportName(8), "free");
  EXPECT_EQ(read->exportName(10), "event");
  EXPECT_EQ(read->exportName(9), "");
  ASSERT_EQ(read->data.size(), 2u);
  EXPECT_EQ(read->data[0].end, 1030u);
  EXPECT_EQ(read->data[1].begin, 2048u);
}

TEST(ModuleTable, TheVersionBeforeEndsAfterTheOffsets) {
  ModuleTable table = sampleTable();
  table.exports.clear();
  table.data.clear();
  table.codeBegin = 0;
  auto bytes = writeModuleTable(table);
  bytes.resize(bytes.size() - 3);  // code begin and two counts, all 0
  bytes.front() = 1;
  const auto read = readModuleTable(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->offsets.size(), 3u);
  EXPECT_TRUE(read->exports.empty());
  bytes.front() = 3;
  EXPECT_FALSE(readModuleTable(bytes));
}

TEST(ModuleTable, FindsFunctionsAndSites) {
  const ModuleTable table = sampleTable();
  EXPECT_EQ(table.function(3)->name, "run");
  EXPECT_EQ(table.function(4), nullptr);
  EXPECT_EQ(table.site(3, 240)->target, 5u);
  EXPECT_EQ(table.site(3, 241), nullptr);
  EXPECT_EQ(table.site(9, 240), nullptr);
}

TEST(ModuleTable, MapsOffsetsBack) {
  const ModuleTable table = sampleTable();
  EXPECT_EQ(table.originalOffset(0), 0u);
  EXPECT_EQ(table.originalOffset(204), 204u);
  EXPECT_EQ(table.originalOffset(205), 205u);
  EXPECT_EQ(table.originalOffset(210), 205u);  // inserted: where it was inserted
  EXPECT_EQ(table.originalOffset(215), 205u);
  EXPECT_EQ(table.originalOffset(220), 210u);
  EXPECT_EQ(table.originalOffset(255), 240u);
  EXPECT_EQ(table.originalOffset(261), 241u);
}

TEST(ModuleTable, RefusesEveryTruncation) {
  const Bytes bytes = writeModuleTable(sampleTable());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto read = readModuleTable(cut);
    ASSERT_FALSE(read) << size;
    EXPECT_TRUE(read.error().offset.has_value()) << size;
    EXPECT_LE(*read.error().offset, size);
  }
}

TEST(ModuleTable, SurvivesEveryChangedByte) {
  const Bytes bytes = writeModuleTable(sampleTable());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const std::uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      Bytes changed = bytes;
      changed[at] = value;
      const auto read = readModuleTable(changed);
      if (read) {
        EXPECT_LE(read->functions.size(), changed.size());
      }
    }
  }
}

TEST(ModuleTable, RefusesWhatIsNotAscending) {
  ModuleTable table = sampleTable();
  table.functions[1].index = table.functions[0].index;
  const auto read = readModuleTable(writeModuleTable(table));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "functions are not in ascending order");
}

TEST(ModuleTable, RefusesAnotherVersion) {
  Bytes bytes = writeModuleTable(sampleTable());
  bytes[0] = 3;
  const auto read = readModuleTable(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "module table version 3 is not known");
}

}  // namespace
}  // namespace asyncscope::record
