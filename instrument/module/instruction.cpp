#include "instrument/module/instruction.h"

#include <algorithm>
#include <array>
#include <string>

#include "support/text.h"

namespace asyncscope::wasm {
namespace {

constexpr std::uint8_t kUnknown = 0xFF;
constexpr std::uint8_t kFirstPrefix = 0xFB;
constexpr std::uint8_t kLastPrefix = 0xFE;
constexpr std::uint8_t kEmptyBlock = 0x40;
// Flags of a load or store.
constexpr std::uint32_t kAlignment = 0x3F;
constexpr std::uint32_t kHasMemoryIndex = 0x40;
constexpr std::size_t kCodesPerPrefix = 0x120;  // relaxed SIMD reaches farthest

using Immediates = std::array<std::uint8_t, 256>;
using PrefixedImmediates = std::array<std::array<std::uint8_t, kCodesPerPrefix>, 4>;
using Names = std::array<std::string_view, 256>;
using PrefixedNames = std::array<std::array<std::string_view, kCodesPerPrefix>, 4>;

// The tables are kept apart from the names so that the hot one fills four cache lines.
struct ImmediateTables {
  Immediates single{};
  PrefixedImmediates prefixed{};
};

constexpr ImmediateTables makeImmediateTables() {
  ImmediateTables tables;
  tables.single.fill(kUnknown);
  for (auto& table : tables.prefixed) {
    table.fill(kUnknown);
  }
  const auto add = [&](int prefix, int code, Immediate immediate) {
    auto& slot = prefix == 0 ? tables.single[code] : tables.prefixed[prefix - kFirstPrefix][code];
    slot = static_cast<std::uint8_t>(immediate);
  };
#define ASYNCSCOPE_OPCODE(prefix, code, name, text, immediate) \
  add(prefix, code, Immediate::immediate);
#include "instrument/module/opcodes.def"
#undef ASYNCSCOPE_OPCODE
  return tables;
}

constexpr ImmediateTables kImmediates = makeImmediateTables();

struct NameTables {
  Names single{};
  PrefixedNames prefixed{};
};

constexpr NameTables makeNameTables() {
  NameTables tables;
  const auto add = [&](int prefix, int code, std::string_view text) {
    auto& slot = prefix == 0 ? tables.single[code] : tables.prefixed[prefix - kFirstPrefix][code];
    slot = text;
  };
#define ASYNCSCOPE_OPCODE(prefix, code, name, text, immediate) add(prefix, code, text);
#include "instrument/module/opcodes.def"
#undef ASYNCSCOPE_OPCODE
  return tables;
}

constexpr NameTables kNames = makeNameTables();

bool isPrefix(std::uint32_t byte) { return byte >= kFirstPrefix && byte <= kLastPrefix; }

// What an unknown opcode is likely to be, for the error message.
std::string_view unsupportedFeature(std::uint32_t opcode) {
  if (opcode >= 0xE0 && opcode <= 0xE6) {
    return " (stack switching is not supported)";
  }
  if (opcode >> 16 == 0xFB && (opcode & 0xFFFF) >= 0x80) {
    return " (string references are not supported)";
  }
  return "";
}

}  // namespace

std::string_view opcodeName(std::uint32_t opcode) {
  const std::uint32_t prefix = opcode >> 16;
  const std::uint32_t code = opcode & 0xFFFF;
  if (prefix == 0) {
    return code < kNames.single.size() ? kNames.single[code] : std::string_view();
  }
  return isPrefix(prefix) && code < kCodesPerPrefix ? kNames.prefixed[prefix - kFirstPrefix][code]
                                                    : std::string_view();
}

// The two bytes behind the opcode are one number here, the first byte in its lower half.
struct ShortFormTable {
  using Reader = InstructionReader;
  using Form = Reader::ShortForm;
  static constexpr std::uint16_t kGoesOn = 0x80;  // the first byte is not a whole LEB128 number

  // Forms that are not here, of which kNever makes a Form{}, go the long way.
  static constexpr Form of(std::uint8_t opcode, Immediate immediate) {
    switch (immediate) {
      case Immediate::None:
        return {0,    0, Reader::kAlways, 1, static_cast<std::int8_t>(opcode == Op::End ? -1 : 0),
                false};
      case Immediate::Local:
        return index(Reader::kLocals);
      case Immediate::Function:
        return index(Reader::kFunctions);
      case Immediate::Global:
        return index(Reader::kGlobals);
      case Immediate::Branch:
        return index(Reader::kDepth);
      case Immediate::I32:
      case Immediate::I64:
        return index(Reader::kAlways);
      case Immediate::Block:  // without a value
        return {0xFF, kEmptyBlock, Reader::kAlways, 2, 1, false};
      case Immediate::MemArg:  // of the first memory, and a one-byte offset
        return {kGoesOn << 8 | 0xC0, 0, Reader::kMemory, 3, 0, false};
      default:
        return {};
    }
  }
  static constexpr Form index(Reader::Bound bound) { return {kGoesOn, 0, bound, 2, 0, true}; }

  static constexpr std::array<Form, 256> make() {
    std::array<Form, 256> forms{};
    for (std::size_t opcode = 0; opcode < forms.size(); ++opcode) {
      const std::uint8_t immediate = kImmediates.single[opcode];
      if (immediate != kUnknown) {
        forms[opcode] = of(static_cast<std::uint8_t>(opcode), static_cast<Immediate>(immediate));
      }
    }
    return forms;
  }
};

constexpr std::array<InstructionReader::ShortForm, 256> InstructionReader::kShortForms =
    ShortFormTable::make();

InstructionReader::InstructionReader(const Module& module, std::uint32_t function)
    : InstructionReader(module, module.functions[function].code) {
  localLimit_ = module.totalLocals(function);
  bounds_[kLocals] = static_cast<std::uint32_t>(std::min<std::uint64_t>(localLimit_, kNoIndex));
}

InstructionReader::InstructionReader(const Module& module, Range expression, Ending ending)
    : module_(&module),
      reader_(module.bytes, expression.begin, expression.end),
      localLimit_(0),
      dataLimit_(module.dataCount.value_or(static_cast<std::uint32_t>(module.data.size()))),
      ending_(ending) {
  bounds_[kAlways] = kNoIndex;
  bounds_[kFunctions] = static_cast<std::uint32_t>(module.functions.size());
  bounds_[kGlobals] = static_cast<std::uint32_t>(module.globals.size());
  bounds_[kMemory] = module.memories.empty() ? 0 : kNoIndex;
  bounds_[kDepth] = 1;
}

bool InstructionReader::next(Instruction& instruction) {
  if (depth() == 0) {
    return false;
  }
  if (reader_.atEnd()) {
    reader_.fail("the code is over without its closing end");
    return false;
  }
  instruction.offset = position();
  instruction.immediate = readOpcode(instruction);
  readImmediate(instruction);
  instruction.end = position();
  return !reader_.failed();
}

Immediate InstructionReader::readOpcode(Instruction& instruction) {
  const std::uint32_t byte = reader_.u8();
  instruction.opcode = byte;
  std::uint8_t immediate = kImmediates.single[byte];
  if (immediate == kUnknown) [[unlikely]] {
    std::uint32_t code = 0;
    if (isPrefix(byte)) {
      code = reader_.leb32();
      instruction.opcode = byte << 16 | (code & 0xFFFF);
      if (code < kCodesPerPrefix) {
        immediate = kImmediates.prefixed[byte - kFirstPrefix][code];
      }
    }
    if (immediate == kUnknown) {
      failOpcode(instruction, code);
      return Immediate::None;
    }
  }
  return static_cast<Immediate>(immediate);
}

void InstructionReader::failOpcode(const Instruction& instruction, std::uint32_t code) {
  const std::uint32_t byte = module_->bytes[instruction.offset];
  const std::string name =
      isPrefix(byte) ? support::hex(byte) + " " + support::hex(code) : support::hex(byte);
  reader_.fail("unknown instruction " + name + std::string(unsupportedFeature(instruction.opcode)),
               instruction.offset);
}

void InstructionReader::readImmediate(Instruction& instruction) {
  const Module& module = *module_;
  switch (instruction.immediate) {
    case Immediate::None:
      if (instruction.opcode == Op::End) {
        close();
      }
      break;
    case Immediate::Block:
      readBlockType(instruction.blockType);
      ++bounds_[kDepth];
      break;
    case Immediate::TryTable:
      readBlockType(instruction.blockType);
      readCatchClauses(instruction);
      ++bounds_[kDepth];
      break;
    case Immediate::Branch:
    case Immediate::Rethrow:
      instruction.index = label(depth());
      break;
    case Immediate::Delegate:
      // It closes the try, and its label is counted from outside: the body itself cannot be a try.
      instruction.index = label(depth() - 1);
      --bounds_[kDepth];
      break;
    case Immediate::BranchTable:
      readBranchTable(instruction);
      break;
    case Immediate::BranchCast: {
      const std::uint32_t begin = position();
      if (reader_.u8() > 3) {
        reader_.fail("unknown flags of a cast", begin);
      }
      instruction.index = label(depth());
      readHeapType(reader_, static_cast<std::uint32_t>(module.types.size()));
      instruction.type = readHeapType(reader_, static_cast<std::uint32_t>(module.types.size()));
      instruction.payload = {begin, position()};
      break;
    }
    case Immediate::Function:
      instruction.index = index(module.functions.size(), "function");
      break;
    case Immediate::Type:
      if (instruction.opcode == Op::CallRef || instruction.opcode == Op::ReturnCallRef) {
        instruction.index = functionTypeIndex();
      } else {
        instruction.index = index(module.types.size(), "type");
      }
      break;
    case Immediate::CallIndirect:
      instruction.index = functionTypeIndex();
      instruction.index2 = index(module.tables.size(), "table");
      break;
    case Immediate::Local:
      instruction.index = index(localLimit_, "local");
      break;
    case Immediate::Global:
      instruction.index = index(module.globals.size(), "global");
      break;
    case Immediate::Table:
      instruction.index = index(module.tables.size(), "table");
      break;
    case Immediate::TableTable:
      instruction.index = index(module.tables.size(), "table");
      instruction.index2 = index(module.tables.size(), "table");
      break;
    case Immediate::TableElement:
      instruction.index2 = index(module.elements.size(), "element segment");
      instruction.index = index(module.tables.size(), "table");
      break;
    case Immediate::Element:
      instruction.index = index(module.elements.size(), "element segment");
      break;
    case Immediate::Data:
      instruction.index = index(dataLimit_, "data segment");
      break;
    case Immediate::Memory:
      instruction.memory.index = index(module.memories.size(), "memory");
      break;
    case Immediate::MemoryMemory:
      instruction.index = index(module.memories.size(), "memory");
      instruction.index2 = index(module.memories.size(), "memory");
      break;
    case Immediate::MemoryData:
      instruction.index2 = index(dataLimit_, "data segment");
      instruction.memory.index = index(module.memories.size(), "memory");
      break;
    case Immediate::Tag:
      instruction.index = index(module.tags.size(), "tag");
      break;
    case Immediate::SelectTypes: {
      instruction.index = reader_.count();
      const std::uint32_t begin = position();
      for (std::uint32_t i = 0; i < instruction.index && !reader_.failed(); ++i) {
        readValueType(reader_, static_cast<std::uint32_t>(module.types.size()));
      }
      instruction.payload = {begin, position()};
      break;
    }
    case Immediate::HeapType:
      instruction.type = readHeapType(reader_, static_cast<std::uint32_t>(module.types.size()));
      break;
    case Immediate::TypeField: {
      instruction.index = index(module.types.size(), "type");
      if (!reader_.failed()) {
        const Type& type = module.types[instruction.index];
        instruction.index2 = index(type.form == TypeForm::Struct ? type.paramCount : 0, "field");
      }
      break;
    }
    case Immediate::TypeCount:
      instruction.index = index(module.types.size(), "type");
      instruction.index2 = reader_.leb32();
      break;
    case Immediate::TypeData:
      instruction.index = index(module.types.size(), "type");
      instruction.index2 = index(dataLimit_, "data segment");
      break;
    case Immediate::TypeElement:
      instruction.index = index(module.types.size(), "type");
      instruction.index2 = index(module.elements.size(), "element segment");
      break;
    case Immediate::TypeType:
      instruction.index = index(module.types.size(), "type");
      instruction.index2 = index(module.types.size(), "type");
      break;
    case Immediate::I32:
      instruction.value = reader_.signedLeb32();
      break;
    case Immediate::I64:
      instruction.value = reader_.signedLeb64();
      break;
    case Immediate::F32:
      instruction.value = reader_.u32();
      break;
    case Immediate::F64:
      instruction.value = static_cast<std::int64_t>(reader_.u64());
      break;
    case Immediate::V128:
    case Immediate::Shuffle:
      instruction.payload = {position(), position() + 16};
      reader_.skip(16);
      break;
    case Immediate::Lane:
      instruction.index = reader_.u8();
      break;
    case Immediate::MemArg:
      readMemArg(instruction.memory);
      break;
    case Immediate::MemArgLane:
      readMemArg(instruction.memory);
      instruction.index = reader_.u8();
      break;
    case Immediate::ReservedByte:
      if (reader_.u8() != 0) {
        reader_.fail("a reserved byte is not zero", position() - 1);
      }
      break;
  }
}

void InstructionReader::readBlockType(BlockType& type) {
  // One byte with bit 6 set and bit 7 clear would be a negative number: a value type, or nothing.
  if ((reader_.peek() & 0xC0) == 0x40) {
    type.typeIndex = kNoIndex;
    if (reader_.peek() == kEmptyBlock) {
      reader_.u8();
      type.kind = BlockType::Kind::Empty;
    } else {
      type.kind = BlockType::Kind::Value;
      type.value = readValueType(reader_, static_cast<std::uint32_t>(module_->types.size()));
    }
    return;
  }
  type.kind = BlockType::Kind::Type;
  const std::uint32_t begin = position();
  const std::int64_t value = reader_.signedLeb33();
  if (value < 0) {
    reader_.fail("unknown block type " + std::to_string(value), begin);
    return;
  }
  type.typeIndex = functionType(static_cast<std::uint64_t>(value), begin);
}

// flags LEB: bits 0–5 alignment, bit 6: a memory index follows. The offset is read in 64 bits, as
// the specification has it since memory64, and then held against the memory's address type.
void InstructionReader::readMemArg(MemArg& memory) {
  const std::uint32_t begin = position();
  const std::uint32_t flags = reader_.leb32();
  if (flags >= 0x80) [[unlikely]] {
    reader_.fail("an alignment of 2^" + std::to_string(flags), begin);
    return;
  }
  memory.alignLog2 = flags & kAlignment;
  memory.index = 0;
  if ((flags & kHasMemoryIndex) != 0 || module_->memories.empty()) [[unlikely]] {
    if ((flags & kHasMemoryIndex) == 0) {
      reader_.fail("memory 0 does not exist", begin);
      return;
    }
    memory.index = index(module_->memories.size(), "memory");
    if (reader_.failed()) {
      return;
    }
  }
  const std::uint32_t at = position();
  memory.offset = reader_.leb64();
  if (memory.offset > 0xFFFFFFFF && !module_->memories[memory.index].limits.is64) [[unlikely]] {
    reader_.fail("an offset of more than 32 bits into a 32-bit memory", at);
  }
}

void InstructionReader::readCatchClauses(Instruction& instruction) {
  instruction.index = reader_.count(2);
  const std::uint32_t begin = position();
  for (std::uint32_t i = 0; i < instruction.index && !reader_.failed(); ++i) {
    const std::uint8_t kind = reader_.u8();
    if (kind > static_cast<std::uint8_t>(CatchClause::Kind::CatchAllRef)) {
      reader_.fail("unknown kind of catch clause " + support::hex(kind), position() - 1);
      return;
    }
    if (kind <= static_cast<std::uint8_t>(CatchClause::Kind::CatchRef)) {
      index(module_->tags.size(), "tag");
    }
    label(depth());
  }
  instruction.payload = {begin, position()};
}

void InstructionReader::readBranchTable(Instruction& instruction) {
  instruction.index2 = reader_.count();
  const std::uint32_t begin = position();
  for (std::uint32_t i = 0; i < instruction.index2 && !reader_.failed(); ++i) {
    label(depth());
  }
  instruction.payload = {begin, position()};
  instruction.index = label(depth());
}

void InstructionReader::close() {
  --bounds_[kDepth];
  if (depth() == 0 && ending_ == Ending::Exact && !reader_.atEnd()) {
    reader_.fail("the code goes on behind its closing end");
  }
}

std::uint32_t InstructionReader::index(std::uint64_t limit, const char* what) {
  const std::uint32_t begin = position();
  const std::uint32_t value = reader_.leb32();
  if (value >= limit) [[unlikely]] {
    failIndex(what, value, begin);
    return 0;
  }
  return value;
}

void InstructionReader::failIndex(const char* what, std::uint64_t value, std::uint32_t at) {
  reader_.fail(std::string(what) + " " + std::to_string(value) + " does not exist", at);
}

std::uint32_t InstructionReader::functionTypeIndex() {
  const std::uint32_t begin = position();
  return functionType(reader_.leb32(), begin);
}

std::uint32_t InstructionReader::functionType(std::uint64_t type, std::uint32_t begin) {
  if (type >= module_->types.size()) {
    failIndex("type", type, begin);
    return 0;
  }
  if (module_->types[type].form != TypeForm::Function) {
    reader_.fail("type " + std::to_string(type) + " is not of a function", begin);
    return 0;
  }
  return static_cast<std::uint32_t>(type);
}

std::uint32_t InstructionReader::label(std::uint32_t limit) {
  const std::uint32_t begin = position();
  const std::uint32_t value = reader_.leb32();
  if (value >= limit) [[unlikely]] {
    failLabel(value, limit, begin);
    return 0;
  }
  return value;
}

void InstructionReader::failLabel(std::uint32_t value, std::uint32_t limit, std::uint32_t at) {
  reader_.fail("a branch out of " + std::to_string(value + std::uint64_t{1}) +
                   " blocks, but only " + std::to_string(limit) + " are open",
               at);
}

MemArg memArgAt(const Module& module, std::uint32_t offset) {
  support::ByteReader reader(module.bytes, offset + 1, module.bytes.size());
  const std::uint32_t flags = reader.leb32();
  MemArg memory;
  memory.alignLog2 = flags & kAlignment;
  memory.index = (flags & kHasMemoryIndex) != 0 ? reader.leb32() : 0;
  memory.offset = reader.leb64();
  return memory;
}

}  // namespace asyncscope::wasm
