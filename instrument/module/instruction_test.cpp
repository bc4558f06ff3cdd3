#include "instrument/module/instruction.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "instrument/module/test_tools.h"

namespace asyncscope::wasm {
namespace {

using testing::Bytes;

// A module whose only function has the given code (without its end) behind one local of type i32;
// has two memories, the second of 64 bits, a tag and a table.
Bytes moduleWithCode(const Bytes& code) {
  Bytes bytes = {0,  'a', 's', 'm',  1, 0, 0, 0,  //
                 1,  4,   1,   0x60, 0, 0,        // type: func
                 3,  2,   1,   0,                 // function
                 4,  4,   1,   0x70, 0, 1,        // table
                 5,  5,   2,   0,    1, 4, 1,     // memories
                 13, 3,   1,   0,    0};          // tag
  const auto body = static_cast<std::uint8_t>(code.size() + 4);
  bytes.insert(bytes.end(), {10, static_cast<std::uint8_t>(body + 2), 1, body, 1, 1, 0x7F});
  bytes.insert(bytes.end(), code.begin(), code.end());
  bytes.push_back(Op::End);
  return bytes;
}

// Where the code begins in moduleWithCode().
constexpr std::uint32_t kCodeBegin = 43;

struct Decoded {
  std::vector<Instruction> instructions;
  std::optional<support::Error> error;
};

Decoded decode(const Bytes& bytes) {
  Decoded result;
  const auto module = readModule(bytes);
  EXPECT_TRUE(module) << module.error().message;
  if (module) {
    InstructionReader reader(*module, 0);
    Instruction instruction;
    while (reader.next(instruction)) {
      result.instructions.push_back(instruction);
    }
    if (reader.failed()) {
      result.error = reader.error();
    }
  }
  return result;
}

void expectError(const Bytes& code, std::uint32_t offsetInCode, const std::string& message) {
  const Decoded decoded = decode(moduleWithCode(code));
  ASSERT_TRUE(decoded.error) << message;
  EXPECT_EQ(decoded.error->message, message);
  EXPECT_EQ(decoded.error->offset, kCodeBegin + offsetInCode) << message;
}

TEST(InstructionReader, AgreesWithWabtOnEveryInstruction) {
  std::size_t compared = 0;
  for (const auto& [name, bytes] : testing::testModules()) {
    const auto module = readModule(bytes);
    ASSERT_TRUE(module) << name << ": " << module.error().message;
    const auto functions = testing::disassemble(bytes);
    ASSERT_EQ(functions.size(), module->functions.size() - module->importedFunctionCount) << name;
    for (std::uint32_t i = 0; i < functions.size(); ++i) {
      InstructionReader reader(*module, module->importedFunctionCount + i);
      Instruction instruction;
      for (const testing::Disassembled& line : functions[i]) {
        ASSERT_TRUE(reader.next(instruction)) << name << ", function " << i;
        EXPECT_EQ(instruction.offset, line.offset) << name;
        EXPECT_EQ(opcodeName(instruction.opcode), line.name) << name << " at " << line.offset;
        ++compared;
      }
      EXPECT_FALSE(reader.next(instruction)) << name;
      EXPECT_FALSE(reader.failed()) << name << ": " << reader.error().message;
    }
  }
  EXPECT_GT(compared, 200u);
}

TEST(InstructionReader, MemoryArguments) {
  // i32.load align 2 offset 16; i32.load8_u of memory 1 (bit 6) offset 2^32; v128.load8_lane 3
  const auto decoded = decode(moduleWithCode(
      {0x28, 2, 16, 0x2D, 0x40, 1, 0x80, 0x80, 0x80, 0x80, 0x10, 0xFD, 84, 0, 0, 3}));
  ASSERT_FALSE(decoded.error) << decoded.error->message;
  ASSERT_EQ(decoded.instructions.size(), 4u);
  EXPECT_EQ(decoded.instructions[0].memory.alignLog2, 2u);
  EXPECT_EQ(decoded.instructions[0].memory.offset, 16u);
  EXPECT_EQ(decoded.instructions[0].memory.index, 0u);
  EXPECT_EQ(decoded.instructions[1].memory.index, 1u);
  EXPECT_EQ(decoded.instructions[1].memory.offset, 0x100000000u);
  EXPECT_EQ(decoded.instructions[2].opcode, Op::V128Load8Lane);
  EXPECT_EQ(decoded.instructions[2].index, 3u);
  EXPECT_EQ(decoded.instructions[2].offset, kCodeBegin + 11);
  EXPECT_EQ(decoded.instructions[2].end, kCodeBegin + 16);
}

TEST(InstructionReader, ConstantsKeepTheirBits) {
  const auto decoded = decode(moduleWithCode({0x41, 0x7F, 0x42, 0x80, 0x80, 0x80, 0x80, 0x78,  //
                                              0x43, 0, 0, 0xC0, 0xFF}));
  ASSERT_FALSE(decoded.error);
  EXPECT_EQ(decoded.instructions[0].value, -1);
  EXPECT_EQ(decoded.instructions[1].value, -0x80000000ll);
  EXPECT_EQ(decoded.instructions[2].value, 0xFFC00000ll);
}

TEST(InstructionReader, BranchTablesAndCatchClauses) {
  // block; br_table 1 0 (default 1); end; try_table (catch 0 0) (catch_all_ref 0); end
  const Bytes bytes = moduleWithCode({0x02, 0x40, 0x0E, 2, 1, 0, 1, 0x0B,  //
                                      0x1F, 0x40, 2, 0, 0, 0, 3, 0, 0x0B});
  const auto module = readModule(bytes);
  ASSERT_TRUE(module);
  InstructionReader reader(*module, 0);
  Instruction instruction;
  std::vector<std::uint32_t> targets;
  std::vector<CatchClause> clauses;
  std::vector<std::uint32_t> depths;
  while (reader.next(instruction)) {
    depths.push_back(reader.depth());
    if (instruction.opcode == Op::BrTable) {
      forEachBranchTarget(*module, instruction, [&](std::uint32_t d) { targets.push_back(d); });
    } else if (instruction.opcode == Op::TryTable) {
      forEachCatchClause(*module, instruction,
                         [&](const CatchClause& clause) { clauses.push_back(clause); });
    }
  }
  ASSERT_FALSE(reader.failed()) << reader.error().message;
  EXPECT_EQ(targets, (std::vector<std::uint32_t>{1, 0, 1}));
  EXPECT_EQ(depths, (std::vector<std::uint32_t>{2, 2, 1, 2, 1, 0}));
  ASSERT_EQ(clauses.size(), 2u);
  EXPECT_EQ(clauses[0].tag, 0u);
  EXPECT_EQ(clauses[1].kind, CatchClause::Kind::CatchAllRef);
  EXPECT_EQ(clauses[1].tag, kNoIndex);
}

TEST(InstructionReader, BlockTypes) {
  const auto decoded = decode(moduleWithCode({0x02, 0x7E, 0x0B, 0x02, 0, 0x0B, 0x02, 0x40, 0x0B,
                                              0x02, 0x64, 0x70, 0x0B, 0x02, 0x80, 0x00, 0x0B}));
  ASSERT_FALSE(decoded.error) << decoded.error->message;
  const auto& list = decoded.instructions;
  EXPECT_EQ(list[0].blockType.kind, BlockType::Kind::Value);
  EXPECT_EQ(list[0].blockType.value, kI64);
  EXPECT_EQ(list[2].blockType.kind, BlockType::Kind::Type);
  EXPECT_EQ(list[2].blockType.typeIndex, 0u);
  EXPECT_EQ(list[4].blockType.kind, BlockType::Kind::Empty);
  EXPECT_EQ(toString(list[6].blockType.value), "(ref func)");
  EXPECT_EQ(list[8].blockType.typeIndex, 0u);  // padded
}

TEST(InstructionReader, UnknownInstructionsAreErrors) {
  expectError({0x01, 0x27}, 1, "unknown instruction 0x27");
  expectError({0xFC, 18}, 0, "unknown instruction 0xfc 0x12");
  expectError({0xFD, 0x9A, 0x01}, 0, "unknown instruction 0xfd 0x9a");
  expectError({0xFB, 0xFF, 0xFF, 0x03}, 0,
              "unknown instruction 0xfb 0xffff (string references are not supported)");
  expectError({0xE3, 0x00}, 0, "unknown instruction 0xe3 (stack switching is not supported)");
  expectError({0xFF}, 0, "unknown instruction 0xff");
}

TEST(InstructionReader, IndicesAndLabelsAreChecked) {
  expectError({0x10, 1}, 1, "function 1 does not exist");
  expectError({0x20, 1}, 1, "local 1 does not exist");
  expectError({0x23, 0}, 1, "global 0 does not exist");
  expectError({0x11, 0, 1}, 2, "table 1 does not exist");
  expectError({0x11, 1, 0}, 1, "type 1 does not exist");
  expectError({0x08, 1}, 1, "tag 1 does not exist");
  expectError({0x0C, 1}, 1, "a branch out of 2 blocks, but only 1 are open");
  expectError({0x02, 0x40, 0x0E, 1, 2, 0, 0x0B}, 4,
              "a branch out of 3 blocks, but only 2 are open");
  expectError({0x18, 0}, 1, "a branch out of 1 blocks, but only 0 are open");
  expectError({0x28, 0x42, 2, 0}, 2, "memory 2 does not exist");
  expectError({0x28, 0, 0x80, 0x80, 0x80, 0x80, 0x10}, 2,
              "an offset of more than 32 bits into a 32-bit memory");
  expectError({0x28, 0x80, 0x01, 0}, 1, "an alignment of 2^128");
  expectError({0x02, 0x65, 0x0B}, 1, "unknown value type, code 101");
  expectError({0x02, 0x80, 0x40, 0x0B}, 1, "unknown block type -8192");
  expectError({0x02, 0x01, 0x0B}, 1, "type 1 does not exist");
  expectError({0xFE, 3, 1}, 2, "a reserved byte is not zero");
  expectError({0x1F, 0x40, 1, 4, 0, 0x0B}, 3, "unknown kind of catch clause 0x4");
}

TEST(InstructionReader, CodeMustEndExactly) {
  expectError({0x02, 0x40}, 3, "the code is over without its closing end");
  expectError({0x0B, 0x01}, 1, "the code goes on behind its closing end");
}

// As deep as the file is long, without recursion.
TEST(InstructionReader, DeepNesting) {
  constexpr std::size_t kBlocks = 200000;
  Bytes code;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    code.insert(code.end(), {0x02, 0x40});
  }
  code.insert(code.end(), kBlocks + 1, 0x0B);
  Module module;
  module.bytes = code;
  InstructionReader reader(module, {0, static_cast<std::uint32_t>(code.size())});
  Instruction instruction;
  std::uint32_t deepest = 0;
  while (reader.next(instruction)) {
    deepest = std::max(deepest, reader.depth());
  }
  EXPECT_FALSE(reader.failed());
  EXPECT_EQ(deepest, kBlocks + 1);
  EXPECT_EQ(reader.depth(), 0u);
}

TEST(OpcodeNames, UnknownOnesAreEmpty) {
  EXPECT_EQ(opcodeName(Op::CallIndirect), "call_indirect");
  EXPECT_EQ(opcodeName(Op::MemoryCopy), "memory.copy");
  EXPECT_EQ(opcodeName(0xFF), "");
  EXPECT_EQ(opcodeName(0x1000), "");
  EXPECT_EQ(opcodeName(0xFC << 16 | 0xFFFF), "");
  EXPECT_EQ(opcodeName(0xFFFFFFFF), "");
}

}  // namespace
}  // namespace asyncscope::wasm
