// Decodes instructions one by one: a function body, or any other expression, in a single pass
// without allocation.
//
// Every opcode that engines ship is known (opcodes.def); any other is an error with its offset,
// never a guess. Indices are checked against the module, branch depths against the nesting; operand
// types are not. The code must end exactly with the end that closes it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "instrument/module/module.h"
#include "instrument/module/types.h"
#include "support/byte_reader.h"

namespace asyncscope::wasm {

// What follows the opcode; decides which fields of Instruction are set.
enum class Immediate : std::uint8_t {
  None,
  Block,         // blockType
  TryTable,      // blockType, payload = catch clauses, index = how many
  Branch,        // index = relative depth
  Delegate,      // index = relative depth, counted from outside the try that it closes
  Rethrow,       // index = relative depth of the catch
  BranchTable,   // payload = targets without the default, index = default, index2 = how many
  BranchCast,    // index = relative depth, payload = flags … heap types
  Function,      // index
  Type,          // index
  CallIndirect,  // index = type, index2 = table
  Local,         // index
  Global,        // index
  Table,         // index
  TableTable,    // index = destination, index2 = source
  TableElement,  // index = table, index2 = element segment
  Element,       // index
  Data,          // index
  Memory,        // memory.index
  MemoryMemory,  // index = destination, index2 = source
  MemoryData,    // memory.index = memory, index2 = data segment
  Tag,           // index
  SelectTypes,   // payload = the types, index = how many
  HeapType,      // heap type in type
  TypeField,     // index = type, index2 = field
  TypeCount,     // index = type, index2 = count
  TypeData,      // index = type, index2 = data segment
  TypeElement,   // index = type, index2 = element segment
  TypeType,      // index = destination type, index2 = source type
  I32,           // value
  I64,           // value
  F32,           // value = raw bits
  F64,           // value = raw bits
  V128,          // payload = 16 bytes
  Shuffle,       // payload = 16 lanes
  Lane,          // index = lane
  MemArg,        // memory
  MemArgLane,    // memory, index = lane
  ReservedByte,  // a byte that must be zero (atomic.fence)
};

struct MemArg {
  std::uint32_t index = 0;  // memory
  std::uint32_t alignLog2 = 0;
  std::uint64_t offset = 0;
};

// The type of a block: nothing, one value, or a function type.
struct BlockType {
  enum class Kind : std::uint8_t { Empty, Value, Type };
  Kind kind = Kind::Empty;
  ValueType value;                     // Kind::Value
  std::uint32_t typeIndex = kNoIndex;  // Kind::Type
};

struct Instruction {
  std::uint32_t offset = 0;  // of the first opcode byte
  std::uint32_t end = 0;     // behind the last immediate
  std::uint32_t opcode = 0;  // one byte; or prefix << 16 | code, with prefix 0xFB … 0xFE
  Immediate immediate = Immediate::None;
  // Only the fields that Immediate names are set; the others hold leftovers of earlier
  // instructions.
  std::uint32_t index = 0;
  std::uint32_t index2 = 0;
  std::int64_t value = 0;
  MemArg memory;
  BlockType blockType;
  ValueType type;
  Range payload;
};

// Opcodes as names: Op::CallIndirect, Op::I32Const, Op::MemoryCopy. The list is opcodes.def.
namespace Op {
enum : std::uint32_t {
#define ASYNCSCOPE_OPCODE(prefix, code, name, text, immediate) name = ((prefix) << 16) | (code),
#include "instrument/module/opcodes.def"
#undef ASYNCSCOPE_OPCODE
};
}  // namespace Op

// The name in the text format ("i32.const"); "" for what is no opcode.
std::string_view opcodeName(std::uint32_t opcode);

// A clause of try_table.
struct CatchClause {
  enum class Kind : std::uint8_t { Catch = 0, CatchRef = 1, CatchAll = 2, CatchAllRef = 3 };
  Kind kind = Kind::Catch;
  std::uint32_t tag = kNoIndex;  // Catch, CatchRef
  std::uint32_t label = 0;       // relative depth, counted from outside the try_table
};

class InstructionReader {
 public:
  // The body of a defined function.
  InstructionReader(const Module& module, std::uint32_t function);
  // Any expression (a global's init, an offset): has no locals. With Ending::Anywhere its closing
  // end may come before the range is over; position() then tells where.
  enum class Ending : std::uint8_t { Exact, Anywhere };
  InstructionReader(const Module& module, Range expression, Ending ending = Ending::Exact);

  // Decodes the next instruction; false behind the closing end, or on error.
  bool next(Instruction& instruction);

  // Checks the instructions that are left as next() checks them, and decodes nothing. Calls
  // pass(offset) for each; where that says false, act(offset, end) too. False on error.
  // For passes over all code: what is done for every instruction belongs into pass(), should be
  // a few operations and no call; act() takes what it needs from the bytes (indexAt() and so on).
  template <class Pass, class Act>
  bool forEachPlace(Pass pass, Act act);

  bool failed() const { return reader_.failed(); }
  // Only when failed().
  const support::Error& error() const { return reader_.error(); }

  // How many blocks are open after the last instruction read: 1 at the start (the body itself is
  // one), 0 behind its end. The label that a branch of depth n means is the n-th from the inside.
  std::uint32_t depth() const { return bounds_[kDepth]; }
  std::uint32_t position() const { return static_cast<std::uint32_t>(reader_.position()); }

 private:
  std::uint32_t passShort(const std::uint8_t* at);
  Immediate readOpcode(Instruction& instruction);
  void readImmediate(Instruction& instruction);
  void readBlockType(BlockType& type);
  void readMemArg(MemArg& memory);
  void readCatchClauses(Instruction& instruction);
  void readBranchTable(Instruction& instruction);
  void close();
  std::uint32_t index(std::uint64_t limit, const char* what);
  std::uint32_t functionTypeIndex();
  std::uint32_t functionType(std::uint64_t type, std::uint32_t begin);
  std::uint32_t label(std::uint32_t limit);
  // Apart from the checks, so that these stay small enough to be inlined.
  [[gnu::cold, gnu::noinline]] void failOpcode(const Instruction& instruction, std::uint32_t code);
  [[gnu::cold, gnu::noinline]] void failIndex(const char* what, std::uint64_t value,
                                              std::uint32_t at);
  [[gnu::cold, gnu::noinline]] void failLabel(std::uint32_t value, std::uint32_t limit,
                                              std::uint32_t at);

  // What a number in an instruction must stay below. The depth is one of them, as it bounds labels.
  enum Bound : std::uint8_t { kNever, kAlways, kLocals, kFunctions, kGlobals, kMemory, kDepth };

  // The form that most instructions have: the opcode, and behind it at most two bytes.
  struct ShortForm {
    std::uint16_t mask = 0;   // these bits of the two bytes behind the opcode
    std::uint16_t bits = 0;   // must be so,
    Bound bound = kNever;     // and the first of them must be less than this
    std::uint8_t size = 0;    // with the opcode
    std::int8_t nesting = 0;  // what it adds to the depth
    bool mayGrow = false;     // the first of them may be a number that goes on in the second
  };
  static constexpr std::uint32_t kLongestShortForm = 3;
  static const std::array<ShortForm, 256> kShortForms;
  friend struct ShortFormTable;

  const Module* module_;
  support::ByteReader reader_;
  std::uint64_t localLimit_;
  std::uint32_t dataLimit_;
  std::array<std::uint32_t, 7> bounds_{};  // by Bound
  Ending ending_ = Ending::Exact;
};

// Checks an instruction in its short form, of which all bytes must be there. Its size, or 0: it has
// another form, or an error, or is the closing end. The common case has no jump that depends on the
// kind of instruction, which the processor would have to guess.
inline std::uint32_t InstructionReader::passShort(const std::uint8_t* at) {
  const ShortForm& form = kShortForms[at[0]];
  const std::uint32_t operands = at[1] | std::uint32_t{at[2]} << 8;
  const std::uint32_t bound = bounds_[form.bound];
  if ((operands & form.mask) == form.bits && (operands & 0xFF) < bound) [[likely]] {
    const std::uint32_t depth = bounds_[kDepth] + static_cast<std::uint32_t>(form.nesting);
    if (depth == 0) {
      return 0;
    }
    bounds_[kDepth] = depth;
    return form.size;
  }
  const std::uint32_t number = (operands & 0x7F) | (operands & 0x7F00) >> 1;
  const bool twoBytes = form.mayGrow && (operands & 0x8080) == 0x80;
  return twoBytes && number < bound ? kLongestShortForm : 0;
}

template <class Pass, class Act>
bool InstructionReader::forEachPlace(Pass pass, Act act) {
  const std::uint8_t* const bytes = module_->bytes.data();
  std::uint32_t offset = position();
  // Before this offset enough bytes are left for any short form.
  const bool mayBeShort = depth() != 0 && reader_.remaining() >= kLongestShortForm;
  const auto shortEnd =
      mayBeShort ? static_cast<std::uint32_t>(reader_.end() - kLongestShortForm + 1) : offset;
  Instruction instruction;  // for those of another form
  while (true) {
    // A loop without a call, so that all it needs stays in registers.
    std::uint32_t size = 0;
    while (offset < shortEnd) {
      size = passShort(bytes + offset);
      if (size == 0 || !pass(offset)) [[unlikely]] {
        break;
      }
      offset += size;
      size = 0;
    }
    if (size != 0) {
      act(offset, offset + size);
      offset += size;
      continue;
    }
    reader_.skip(offset - position());
    if (!next(instruction)) {
      return !failed();
    }
    if (!pass(offset)) {
      act(offset, position());
    }
    if (depth() == 0) {
      return true;
    }
    offset = position();
  }
}

// What stands behind the one-byte opcode of an instruction that was checked: the first index, the
// value of i32.const or i64.const, the place of a load or store in memory.
inline std::uint32_t indexAt(const Module& module, std::uint32_t offset) {
  const std::uint8_t first = module.bytes[offset + 1];
  return first < 0x80 ? first
                      : support::ByteReader(module.bytes, offset + 1, module.bytes.size()).leb32();
}
inline std::int64_t constantAt(const Module& module, std::uint32_t offset) {
  return support::ByteReader(module.bytes, offset + 1, module.bytes.size()).signedLeb64();
}
MemArg memArgAt(const Module& module, std::uint32_t offset);

// Calls visit(depth) for every target of a br_table, the default last. Only for an instruction that
// an InstructionReader has decoded.
template <class Visit>
void forEachBranchTarget(const Module& module, const Instruction& instruction, Visit visit) {
  support::ByteReader reader(module.bytes, instruction.payload.begin, instruction.payload.end);
  while (!reader.atEnd()) {
    visit(reader.leb32());
  }
  visit(instruction.index);
}

// Calls visit(const CatchClause&) for every clause of a try_table; same condition.
template <class Visit>
void forEachCatchClause(const Module& module, const Instruction& instruction, Visit visit) {
  support::ByteReader reader(module.bytes, instruction.payload.begin, instruction.payload.end);
  while (!reader.atEnd()) {
    CatchClause clause;
    clause.kind = static_cast<CatchClause::Kind>(reader.u8());
    if (clause.kind == CatchClause::Kind::Catch || clause.kind == CatchClause::Kind::CatchRef) {
      clause.tag = reader.leb32();
    }
    clause.label = reader.leb32();
    visit(clause);
  }
}

}  // namespace asyncscope::wasm
