// Every line of opcodes.def, met in a module that referees accept: wasm-objdump must see the same
// instruction at the same offset under the same name, and an engine must find the module valid.
//
// Each opcode gets a function of its own: "unreachable, what it needs, the opcode, unreachable,
// end". Behind unreachable the operand stack is polymorphic, so no operands have to be made.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "instrument/module/instruction.h"
#include "instrument/module/test_tools.h"
#include "support/byte_writer.h"

namespace asyncscope::wasm {
namespace {

using support::ByteWriter;
using testing::Bytes;

struct OpcodeCase {
  std::uint32_t opcode;
  std::string name;
  Immediate immediate;
};

std::vector<OpcodeCase> allOpcodes() {
  return {
#define ASYNCSCOPE_OPCODE(prefix, code, name, text, immediate) \
  {((prefix) << 16) | (code), text, Immediate::immediate},
#include "instrument/module/opcodes.def"
#undef ASYNCSCOPE_OPCODE
  };
}

// Types, by index, of the modules made here.
constexpr std::uint32_t kVoidFunction = 0;
constexpr std::uint32_t kStruct = 1;     // { mut i32, mut i8 }
constexpr std::uint32_t kIntArray = 2;   // mut i32
constexpr std::uint32_t kByteArray = 3;  // mut i8
constexpr std::uint32_t kFuncArray = 4;  // mut funcref

constexpr std::uint8_t kAnyRef = 0x6E;

// Which modules a proposal's opcodes can go into: engines do not mix the two kinds of exceptions.
enum class Family { Wabt, Gc, NewExceptions, RelaxedSimd, WideArithmetic };

Family familyOf(const OpcodeCase& c) {
  if (c.opcode >> 16 == 0xFB || c.opcode == Op::RefEq || c.opcode == Op::CallRef ||
      c.opcode == Op::ReturnCallRef || c.opcode == Op::RefAsNonNull || c.opcode == Op::BrOnNull ||
      c.opcode == Op::BrOnNonNull) {
    return Family::Gc;
  }
  if (c.opcode == Op::TryTable || c.opcode == Op::ThrowRef) {
    return Family::NewExceptions;
  }
  if (c.opcode >= Op::I8x16RelaxedSwizzle && c.opcode >> 16 == 0xFD) {
    return Family::RelaxedSimd;
  }
  return c.opcode >= Op::I64Add128 && c.opcode <= Op::I64MulWideU ? Family::WideArithmetic
                                                                  : Family::Wabt;
}

// The log2 of the bytes that an atomic instruction accesses: its alignment must be just that.
std::uint8_t atomicAlignment(const std::string& name) {
  const std::pair<const char*, std::uint8_t> widths[] = {{"16", 1}, {"32", 2}, {"64", 3}, {"8", 0}};
  for (const char* access : {"load", "store", "rmw", "wait"}) {
    for (const auto& [digits, log2] : widths) {
      if (name.find(std::string(access) + digits) != std::string::npos) {
        return log2;
      }
    }
  }
  return name.starts_with("i64") ? 3 : 2;
}

std::uint32_t arrayFor(std::uint32_t opcode) {
  switch (opcode) {
    case Op::ArrayGetS:
    case Op::ArrayGetU:
      return kByteArray;
    case Op::ArrayNewElem:
    case Op::ArrayInitElem:
      return kFuncArray;
    case Op::StructNew:
    case Op::StructNewDefault:
      return kStruct;
    case Op::CallRef:
    case Op::ReturnCallRef:
      return kVoidFunction;
    default:
      return kIntArray;
  }
}

void appendImmediate(ByteWriter& code, const OpcodeCase& c) {
  switch (c.immediate) {
    case Immediate::None:
      break;
    case Immediate::Block:
      code.u8(0x40);
      break;
    case Immediate::TryTable:
      code.u8(0x40);
      code.leb(2);
      code.append(Bytes{0, 0, 0});  // catch tag 0, label 0
      code.append(Bytes{2, 0});     // catch_all, label 0
      break;
    case Immediate::BranchTable:
      code.append(Bytes{3, 0, 0, 0, 0});
      break;
    case Immediate::BranchCast:
      code.append(Bytes{3, 0, kAnyRef, 0x6D});  // from anyref to eqref
      break;
    case Immediate::CallIndirect:
    case Immediate::TableTable:
    case Immediate::TableElement:
    case Immediate::MemoryMemory:
    case Immediate::MemoryData:
      code.append(Bytes{0, 0});
      break;
    case Immediate::SelectTypes:
      code.append(Bytes{1, 0x7F});
      break;
    case Immediate::HeapType:
      code.u8(c.opcode == Op::RefNull ? 0x70 : kAnyRef);
      break;
    case Immediate::Type:
      code.leb(arrayFor(c.opcode));
      break;
    case Immediate::TypeField:
      code.leb(kStruct);
      code.leb(c.opcode == Op::StructGetS || c.opcode == Op::StructGetU ? 1 : 0);
      break;
    case Immediate::TypeCount:
    case Immediate::TypeData:
    case Immediate::TypeElement:
      code.leb(arrayFor(c.opcode));
      code.leb(0);
      break;
    case Immediate::TypeType:
      code.leb(kIntArray);
      code.leb(kIntArray);
      break;
    case Immediate::I32:
    case Immediate::I64:
      code.signedLeb(-1234567);
      break;
    case Immediate::F32:
      code.u32(0x3F800000);
      break;
    case Immediate::F64:
      code.u64(0x3FF0000000000000);
      break;
    case Immediate::V128:
    case Immediate::Shuffle:
      code.append(Bytes(16, 1));
      break;
    case Immediate::MemArg:
    case Immediate::MemArgLane:
      code.leb(c.opcode >> 16 == 0xFE ? atomicAlignment(c.name) : 0);
      code.leb(300);
      if (c.immediate == Immediate::MemArgLane) {
        code.u8(0);
      }
      break;
    case Immediate::Branch:
    case Immediate::Delegate:
    case Immediate::Rethrow:
    case Immediate::Function:
    case Immediate::Local:
    case Immediate::Global:
    case Immediate::Table:
    case Immediate::Element:
    case Immediate::Data:
    case Immediate::Memory:
    case Immediate::Tag:
    case Immediate::Lane:
    case Immediate::ReservedByte:
      code.u8(0);
      break;
  }
}

// What must stand around an opcode: the block that it belongs into, and the rest of that block.
struct Surroundings {
  Bytes before;
  Bytes after;
};

Surroundings surroundingsOf(const OpcodeCase& c) {
  constexpr std::uint8_t kTry[] = {Op::Try, 0x40};
  switch (c.opcode) {
    case Op::Block:
    case Op::Loop:
    case Op::If:
    case Op::Try:
    case Op::TryTable:
      return {{}, {Op::End}};
    case Op::Else:
      return {{Op::If, 0x40}, {Op::End}};
    case Op::Catch:
    case Op::CatchAll:
      return {{kTry[0], kTry[1]}, {Op::End}};
    case Op::Rethrow:
      return {{kTry[0], kTry[1], Op::CatchAll}, {Op::End}};
    case Op::Delegate:
      return {{kTry[0], kTry[1]}, {}};
    case Op::End:
      return {{Op::Block, 0x40}, {}};
    case Op::BrOnCast:
    case Op::BrOnCastFail:
    case Op::BrOnNonNull:
      return {{Op::Block, kAnyRef, Op::Unreachable}, {Op::Unreachable, Op::End, Op::Drop}};
    default:
      return {};
  }
}

void appendSection(ByteWriter& module, SectionId id, const ByteWriter& payload) {
  module.u8(static_cast<std::uint8_t>(id));
  module.leb(payload.size());
  module.append(payload.span());
}

struct Expected {
  OpcodeCase opcode;
  std::uint32_t offset = 0;
  std::uint32_t end = 0;
};

struct OpcodeModule {
  Bytes bytes;
  std::vector<Expected> functions;
};

OpcodeModule makeModule(Family family) {
  OpcodeModule result;
  ByteWriter module;
  module.append(Bytes{0, 'a', 's', 'm', 1, 0, 0, 0});
  const auto section = [&](SectionId id, const Bytes& payload) {
    ByteWriter writer;
    writer.append(payload);
    appendSection(module, id, writer);
  };
  if (family == Family::Gc) {
    section(SectionId::Type, {5, 0x60, 0, 0, 0x5F, 2, 0x7F, 1, 0x78, 1, 0x5E, 0x7F, 1, 0x5E, 0x78,
                              1, 0x5E, 0x70, 1});
  } else {
    section(SectionId::Type, {1, 0x60, 0, 0});
  }
  std::vector<OpcodeCase> cases;
  for (const OpcodeCase& c : allOpcodes()) {
    if (familyOf(c) == family) {
      cases.push_back(c);
    }
  }
  ByteWriter functions;
  functions.leb(cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    functions.leb(kVoidFunction);
  }
  appendSection(module, SectionId::Function, functions);
  section(SectionId::Table, {1, 0x70, 0, 1});
  section(SectionId::Memory, {1, 3, 1, 1});  // shared, so that atomics are allowed everywhere
  section(SectionId::Tag, {1, 0, 0});
  section(SectionId::Global, {1, 0x7F, 1, Op::I32Const, 0, Op::End});
  section(SectionId::Export, {1, 1, 'f', 0, 0});
  section(SectionId::Element, {1, 1, 0, 1, 0});  // passive, function 0
  section(SectionId::DataCount, {1});

  ByteWriter code;
  code.leb(cases.size());
  for (const OpcodeCase& c : cases) {
    const Surroundings around = surroundingsOf(c);
    ByteWriter body;
    body.append(Bytes{1, 1, 0x7F, Op::Unreachable});  // one local of type i32
    body.append(around.before);
    const std::size_t begin = body.size();
    if (c.opcode >> 16 != 0) {
      body.u8(static_cast<std::uint8_t>(c.opcode >> 16));
      body.leb(c.opcode & 0xFFFF);
    } else {
      body.u8(static_cast<std::uint8_t>(c.opcode));
    }
    appendImmediate(body, c);
    const std::size_t end = body.size();
    body.append(around.after);
    body.append(Bytes{Op::Unreachable, Op::End});
    code.leb(body.size());
    const auto at = static_cast<std::uint32_t>(code.size());
    result.functions.push_back(
        {c, at + static_cast<std::uint32_t>(begin), at + static_cast<std::uint32_t>(end)});
    code.append(body.span());
  }
  const auto base = static_cast<std::uint32_t>(module.size() + 1 + support::lebSize(code.size()));
  for (Expected& expected : result.functions) {
    expected.offset += base;
    expected.end += base;
  }
  appendSection(module, SectionId::Code, code);
  section(SectionId::Data, {1, 1, 1, 'x'});  // passive
  result.bytes = module.take();
  return result;
}

class Opcodes : public ::testing::TestWithParam<Family> {};

TEST_P(Opcodes, DecodeWhereTheyStand) {
  const OpcodeModule made = makeModule(GetParam());
  const auto module = readModule(made.bytes);
  ASSERT_TRUE(module) << module.error().message;
  ASSERT_EQ(module->functions.size(), made.functions.size());
  for (std::uint32_t i = 0; i < made.functions.size(); ++i) {
    const Expected& expected = made.functions[i];
    InstructionReader reader(*module, i);
    Instruction instruction;
    bool found = false;
    while (reader.next(instruction)) {
      if (instruction.offset == expected.offset) {
        found = true;
        EXPECT_EQ(instruction.opcode, expected.opcode.opcode);
        EXPECT_EQ(instruction.end, expected.end) << expected.opcode.name;
        EXPECT_EQ(opcodeName(instruction.opcode), expected.opcode.name);
      }
    }
    EXPECT_TRUE(found) << expected.opcode.name;
    EXPECT_FALSE(reader.failed()) << expected.opcode.name << ": " << reader.error().message;
    EXPECT_EQ(reader.depth(), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Opcodes,
                         ::testing::Values(Family::Wabt, Family::Gc, Family::NewExceptions,
                                           Family::RelaxedSimd, Family::WideArithmetic));

TEST(OpcodesReferee, WabtSeesTheSameNamesAtTheSameOffsets) {
  const OpcodeModule made = makeModule(Family::Wabt);
  EXPECT_EQ(testing::wabtVerdict(made.bytes), "");
  const auto functions = testing::disassemble(made.bytes);
  ASSERT_EQ(functions.size(), made.functions.size());
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const Expected& expected = made.functions[i];
    bool found = false;
    for (const testing::Disassembled& line : functions[i]) {
      if (line.offset == expected.offset) {
        found = true;
        EXPECT_EQ(line.name, expected.opcode.name);
      }
    }
    EXPECT_TRUE(found) << expected.opcode.name;
  }
}

TEST(OpcodesReferee, NodeAcceptsThem) {
  Bytes broken = makeModule(Family::Wabt).bytes;
  broken.pop_back();
  const auto verdicts = testing::nodeVerdicts({makeModule(Family::Wabt).bytes, broken});
  EXPECT_EQ(verdicts[0], "");
  EXPECT_NE(verdicts[1], "");
}

TEST(OpcodesReferee, ChromiumAcceptsTheNewestOnes) {
  if (!testing::hasTool("chromium")) {
    GTEST_SKIP() << "needs Chromium";
  }
  const auto verdicts =
      testing::chromiumVerdicts({makeModule(Family::Wabt).bytes, makeModule(Family::Gc).bytes,
                                 makeModule(Family::NewExceptions).bytes,
                                 makeModule(Family::RelaxedSimd).bytes, Bytes{0, 'a', 's', 'm'}});
  for (std::size_t i = 0; i + 1 < verdicts.size(); ++i) {
    EXPECT_EQ(verdicts[i], "") << "module " << i;
  }
  EXPECT_NE(verdicts.back(), "");
}

}  // namespace
}  // namespace asyncscope::wasm
