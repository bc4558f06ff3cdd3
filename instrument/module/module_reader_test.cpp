#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "instrument/module/module.h"
#include "instrument/module/test_tools.h"

namespace asyncscope::wasm {
namespace {

using testing::Bytes;

const Bytes kHeader = {0, 'a', 's', 'm', 1, 0, 0, 0};

Bytes withHeader(const Bytes& sections) {
  Bytes bytes = kHeader;
  bytes.insert(bytes.end(), sections.begin(), sections.end());
  return bytes;
}

void expectError(const Bytes& bytes, std::uint64_t offset, const std::string& message) {
  const auto module = readModule(bytes);
  ASSERT_FALSE(module) << message;
  EXPECT_EQ(module.error().message, message);
  ASSERT_TRUE(module.error().offset) << message;
  EXPECT_EQ(*module.error().offset, offset) << message;
}

Bytes testModule(const std::string& name) {
  for (const auto& module : testing::testModules()) {
    if (module.name == name) {
      return module.bytes;
    }
  }
  ADD_FAILURE() << name;
  return {};
}

TEST(ModuleReader, EmptyModule) {
  const auto module = readModule(kHeader);
  ASSERT_TRUE(module);
  EXPECT_TRUE(module->sections.empty());
  EXPECT_EQ(module->moduleName(), "");
  EXPECT_FALSE(module->isDynamicLibrary());
}

// What the text of control.wat says, section by section.
TEST(ModuleReader, IndexSpacesHoldImportsFirst) {
  const Bytes bytes = testModule("control");
  const auto read = readModule(bytes);
  ASSERT_TRUE(read) << read.error().message;
  const Module& module = *read;

  ASSERT_EQ(module.imports.size(), 3u);
  EXPECT_EQ(module.imports[1].module, "env");
  EXPECT_EQ(module.imports[1].name, "base");
  EXPECT_EQ(module.imports[1].kind, ExternalKind::Global);
  EXPECT_EQ(module.importedFunctionCount, 1u);
  ASSERT_EQ(module.functions.size(), 5u);
  EXPECT_TRUE(module.functions[0].isImported());
  EXPECT_FALSE(module.functions[1].isImported());
  EXPECT_EQ(module.start, 1u);

  const FunctionType swap = module.functionType(2);
  ASSERT_EQ(swap.params.size(), 2u);
  ASSERT_EQ(swap.results.size(), 2u);
  EXPECT_EQ(swap.params[1], kI64);
  EXPECT_EQ(swap.results[0], kI32);
  EXPECT_EQ(module.functions[2].localCount, 8u);
  EXPECT_EQ(module.totalLocals(2), 10u);
  const auto groups = module.localGroups(2);
  ASSERT_EQ(groups.size(), 7u);
  EXPECT_EQ(groups[0].count, 2u);
  const ValueType locals[] = {kI32, kI64, kI32,  kI32,     kI64,
                              kF32, kF64, kV128, kFuncRef, kExternRef};
  for (std::uint32_t i = 0; i < std::size(locals); ++i) {
    EXPECT_EQ(module.localType(2, i), locals[i]) << i;
  }

  ASSERT_EQ(module.tables.size(), 2u);
  EXPECT_EQ(module.tables[0].import, 2u);
  EXPECT_EQ(module.tables[1].limits.minimum, 10u);
  EXPECT_EQ(module.tables[1].limits.maximum, 20u);
  ASSERT_EQ(module.memories.size(), 1u);
  EXPECT_EQ(module.memories[0].limits.maximum, 16u);
  EXPECT_FALSE(module.memories[0].limits.shared);
  EXPECT_EQ(module.findExport("table", ExternalKind::Table)->index, 1u);
  EXPECT_EQ(module.findExport("table", ExternalKind::Function), nullptr);
}

TEST(ModuleReader, ConstantsOfGlobalsAndSegments) {
  const Bytes bytes = testModule("control");
  const auto module = readModule(bytes);
  ASSERT_TRUE(module);
  ASSERT_EQ(module->globals.size(), 6u);
  EXPECT_EQ(module->globals[0].constant.kind, Constant::Kind::Other);  // imported
  EXPECT_TRUE(module->globals[1].isMutable);
  EXPECT_EQ(module->globals[1].constant.kind, Constant::Kind::I32);
  EXPECT_EQ(module->globals[1].constant.value, -5);
  EXPECT_EQ(module->globals[2].constant.value, 0x123456789abcdef);
  EXPECT_EQ(module->globals[3].constant.value, 0x3FF8000000000000);
  EXPECT_EQ(module->globals[4].constant.kind, Constant::Kind::GlobalGet);
  EXPECT_EQ(module->globals[4].constant.index, 0u);
  EXPECT_EQ(module->globals[5].constant.kind, Constant::Kind::RefNull);
  EXPECT_EQ(module->globals[5].type, kFuncRef);

  using Indices = std::vector<std::uint32_t>;
  ASSERT_EQ(module->elements.size(), 4u);
  EXPECT_EQ(module->elements[0].offset.kind, Constant::Kind::GlobalGet);
  EXPECT_EQ(module->elements[0].functions, (Indices{2, 3}));
  EXPECT_EQ(module->elements[1].table, 1u);
  EXPECT_EQ(module->elements[1].offset.value, 3);
  EXPECT_EQ(module->elements[1].functions, (Indices{3, 1, 2}));
  EXPECT_EQ(module->elements[2].mode, SegmentMode::Passive);
  EXPECT_EQ(module->elements[3].mode, SegmentMode::Declarative);

  ASSERT_EQ(module->data.size(), 2u);
  EXPECT_EQ(module->data[0].offset.value, 16);
  EXPECT_EQ(module->data[0].memory, 0u);
  const auto hello = module->slice(module->data[0].bytes);
  EXPECT_EQ(std::string(hello.begin(), hello.end()), std::string("hello\0\xff", 7));
  EXPECT_EQ(module->data[1].mode, SegmentMode::Passive);
}

TEST(ModuleReader, NamesAreReadOnDemand) {
  const Bytes bytes = testModule("control");
  const auto module = readModule(bytes);
  ASSERT_TRUE(module);
  using Names = std::vector<std::string_view>;
  EXPECT_EQ(module->functionNames(), (Names{"yield", "init", "swap", "run", "deep"}));
  EXPECT_EQ(module->globalNames(), (Names{"base", "g", "big", "real", "copy", "fn"}));
  EXPECT_EQ(module->moduleName(), "control");
}

TEST(ModuleReader, MalformedNamesEndTheListButNotTheModule) {
  // "name" section: function names, two announced; the second one runs past the section.
  // Two functions, two names announced; the second one runs past the section.
  const Bytes named =
      withHeader({1, 4,    1, 0x60, 0, 0,   3,   3,   2,   0, 0, 10, 7, 2, 2,   0, 0x0B, 2,
                  0, 0x0B, 0, 14,   4, 'n', 'a', 'm', 'e', 1, 7, 2,  0, 1, 'a', 1, 9,    'b'});
  const auto module = readModule(named);
  ASSERT_TRUE(module) << module.error().message << " " << *module.error().offset;
  EXPECT_EQ(module->functionNames(), (std::vector<std::string_view>{"a", ""}));
}

// The bounds of every section, as wasm-objdump -h gives them.
TEST(ModuleReader, SectionsStandWhereWabtSeesThem) {
  for (const auto& [name, bytes] : testing::testModules()) {
    const auto module = readModule(bytes);
    ASSERT_TRUE(module) << name << ": " << module.error().message;
    const auto file = testing::scratchDirectory() / "headers.wasm";
    testing::writeFile(file, bytes);
    std::istringstream lines(testing::runTool("wasm-objdump -h " + file.string()).output);
    std::size_t count = 0;
    std::string line;
    while (std::getline(lines, line)) {
      const auto start = line.find("start=0x");
      const auto end = line.find("end=0x");
      if (start == std::string::npos || end == std::string::npos) {
        continue;
      }
      ASSERT_LT(count, module->sections.size());
      const Range payload = module->sections[count++].payload;
      EXPECT_EQ(payload.begin, std::stoul(line.substr(start + 8), nullptr, 16)) << name;
      EXPECT_EQ(payload.end, std::stoul(line.substr(end + 6), nullptr, 16)) << name;
    }
    EXPECT_EQ(count, module->sections.size()) << name;
  }
}

TEST(ModuleReader, FunctionAtAnOffset) {
  const Bytes bytes = testModule("control");
  const auto module = readModule(bytes);
  ASSERT_TRUE(module);
  for (std::uint32_t i = module->importedFunctionCount; i < module->functions.size(); ++i) {
    const Function& function = module->functions[i];
    EXPECT_EQ(module->functionAt(function.entry), i);
    EXPECT_EQ(module->functionAt(function.code.begin), i);
    EXPECT_EQ(module->functionAt(function.body.end - 1), i);
  }
  EXPECT_EQ(module->functionAt(0), kNoIndex);
  EXPECT_EQ(module->functionAt(module->functions.back().body.end), kNoIndex);
}

// Types that wabt 1.0.32 cannot write.
TEST(ModuleReader, RecursionGroupsAreFlattened) {
  const Bytes bytes = withHeader({
      1,    32,                                           // type section
      3,                                                  // three groups
      0x60, 1,    0x64, 0x70, 0,                          // func (param (ref func))
      0x4E, 2,                                            // rec
      0x50, 0,    0x5F, 2,    0x7F, 1,    0x63, 2,    0,  // sub struct
      0x4F, 1,    1,    0x5F, 3,    0x7F, 1,    0x63, 2,
      0,    0x78, 1,    0x5E, 0x77, 1,  // array (mut i16)
  });
  const auto module = readModule(bytes);
  ASSERT_TRUE(module) << module.error().message << " " << *module.error().offset;
  ASSERT_EQ(module->types.size(), 4u);
  EXPECT_EQ(toString(module->signature(0).params[0]), "(ref func)");
  EXPECT_EQ(module->types[1].form, TypeForm::Struct);
  EXPECT_FALSE(module->types[1].final);
  EXPECT_EQ(module->types[1].group, module->types[2].group);
  EXPECT_NE(module->types[0].group, module->types[1].group);
  EXPECT_EQ(module->types[2].supertype, 1u);
  EXPECT_TRUE(module->types[2].final);
  EXPECT_EQ(module->types[2].paramCount, 3u);
  EXPECT_EQ(toString(module->typeValues[module->types[2].firstValue + 1]), "(ref null 2)");
  EXPECT_EQ(module->types[3].form, TypeForm::Array);
}

TEST(ModuleReader, LimitsOfEveryKind) {
  const Bytes bytes = withHeader(
      {4, 12, 2, 0x70, 5, 1, 0x80, 0x80, 0x80, 0x80, 0x20, 0x6F, 0,    9,  // tables
       5, 17, 4, 0,    1, 3, 1,    2,    7,    1,    0x80, 0x80, 0x80, 0x80, 0x10, 9, 5, 6, 0});
  const auto module = readModule(bytes);
  ASSERT_TRUE(module) << module.error().message << " " << *module.error().offset;
  EXPECT_TRUE(module->tables[0].limits.is64);
  EXPECT_EQ(module->tables[0].limits.maximum, 0x200000000u);
  EXPECT_EQ(module->tables[1].element, kExternRef);
  EXPECT_FALSE(module->memories[0].limits.maximum);
  EXPECT_TRUE(module->memories[1].limits.shared);
  EXPECT_TRUE(module->memories[2].limits.is64);
  EXPECT_TRUE(module->memories[2].limits.shared);
  EXPECT_EQ(module->memories[2].limits.maximum, 0x100000000u);
  EXPECT_EQ(module->memories[2].pageSizeLog2, 16);
  EXPECT_EQ(module->memories[3].pageSizeLog2, 0);
}

TEST(ModuleReader, ElementExpressionsAndTableInit) {
  const Bytes bytes = withHeader(
      {1,    4,  1,    0x60, 0,    0,                                         // type
       3,    2,  1,    0,                                                     // function
       4,    10, 1,    0x40, 0,    0x64, 0x70, 0,    1, 0xD2, 0,    0x0B,     // table with init
       9,    17, 1,    6,    0,    0x41, 2,    0x41, 3, 0x6A, 0x0B, 0x70, 2,  // element
       0xD2, 0,  0x0B, 0xD0, 0x70, 0x0B, 10,   4,    1, 2,    0,    0x0B});
  const auto module = readModule(bytes);
  ASSERT_TRUE(module) << module.error().message << " " << *module.error().offset;
  EXPECT_EQ(module->tables[0].init.size(), 3u);
  EXPECT_EQ(module->elements[0].offset.kind, Constant::Kind::Other);  // 2 + 3
  EXPECT_EQ(module->elements[0].functions, (std::vector<std::uint32_t>{0, kNoIndex}));
}

TEST(ModuleReader, DynamicLibrariesAreSeen) {
  const Bytes bytes = withHeader({0, 9, 8, 'd', 'y', 'l', 'i', 'n', 'k', '.', '0'});
  const auto module = readModule(bytes);
  ASSERT_TRUE(module);
  EXPECT_TRUE(module->isDynamicLibrary());
  EXPECT_NE(module->customSection("dylink.0"), nullptr);
  EXPECT_TRUE(module->customSection("dylink.0")->content.empty());
}

TEST(ModuleReader, ErrorsSayWhatAndWhere) {
  expectError({}, 0, "not a WebAssembly module: it does not begin with \\0asm");
  expectError({0, 'a', 's', 'k'}, 3, "not a WebAssembly module: it does not begin with \\0asm");
  expectError({0, 'a', 's', 'm', 0x0D, 0, 1, 0}, 4, "this is a component, not a module");
  expectError({0, 'a', 's', 'm', 2, 0, 0, 0}, 4, "unknown version 0x2 of WebAssembly");
  expectError(withHeader({14, 0}), 8, "unknown section id 14");
  expectError(withHeader({1, 5, 0}), 9, "type section: a size of 5 bytes, but only 1 follow");
  expectError(withHeader({1, 1, 0, 1, 1, 0}), 11, "type section: out of order, or twice");
  expectError(withHeader({3, 1, 0, 1, 1, 0}), 11, "type section: out of order, or twice");
  expectError(withHeader({1, 2, 0, 0}), 11, "type section: it goes on behind its last element");
  expectError(withHeader({1, 2, 100, 0x60}), 10,
              "type section: a count of 100 elements, but only 1 bytes follow");
  expectError(withHeader({1, 4, 1, 0x5D, 0, 0}), 11,
              "type section: continuation types (stack switching) are not supported");
  expectError(withHeader({1, 5, 1, 0x60, 1, 0x68, 0}), 13,
              "type section: unknown value type, code 104");
  expectError(withHeader({1, 4, 1, 0x60, 0, 0, 3, 2, 1, 1}), 17,
              "function section: type 1 does not exist");
  expectError(withHeader({1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0}), 18,
              "1 functions, but no code section");
  expectError(withHeader({5, 3, 1, 0x10, 1}), 11, "memory section: unknown flags 0x10 of limits");
  expectError(withHeader({12, 1, 1}), 11, "a data count of 1, but 0 segments");
  expectError(withHeader({8, 1, 0}), 10, "start section: function 0 does not exist");
  expectError(withHeader({6, 6, 1, 0x7F, 0, 0x41, 0, 0x01}), 16,
              "global section: the code is over without its closing end");
  expectError(withHeader({1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 4, 1, 2, 0, 0}), 23,
              "code section, function 0: the body does not finish with an end");
  expectError(withHeader({1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 4, 1, 9, 0, 0x0B}), 21,
              "code section, function 0: a body of 9 bytes, but only 2 follow");
}

}  // namespace
}  // namespace asyncscope::wasm
