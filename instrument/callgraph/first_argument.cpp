#include "instrument/callgraph/first_argument.h"

#include "instrument/module/instruction.h"

namespace asyncscope::callgraph {
namespace {

namespace Op = wasm::Op;

bool mayReturnFirst(const wasm::FunctionType& type) {
  return !type.params.empty() && type.results.size() == 1 && type.params[0] == type.results[0] &&
         (type.params[0] == wasm::kI32 || type.params[0] == wasm::kI64);
}

bool isStore(std::uint32_t opcode) { return opcode >= Op::I32Store && opcode <= Op::I64Store32; }

}  // namespace

Returns FirstArgument::of(std::uint32_t function) {
  std::optional<Returns>& known = known_[function];
  if (!known) {
    known = look(function);
  }
  return *known;
}

Returns FirstArgument::look(std::uint32_t function) const {
  if (module_.functions[function].isImported() || !mayReturnFirst(module_.functionType(function))) {
    return Returns::Other;
  }
  wasm::InstructionReader reader(module_, function);
  wasm::Instruction instruction;
  bool first = false;  // it was pushed by the instruction before
  bool left = false;   // the instruction before does not go on
  bool reads = false;
  while (reader.next(instruction)) {
    const bool outermost = instruction.index + 1 == reader.depth();  // the target of a branch
    switch (instruction.opcode) {
      case Op::LocalSet:
      case Op::LocalTee:
        if (instruction.index == 0) return Returns::Other;
        break;
      case Op::Return:
        if (!first) return Returns::Other;
        break;
      case Op::Br:
        if (outermost && !first) return Returns::Other;
        break;
      case Op::BrIf:
        if (outermost) return Returns::Other;
        break;
      case Op::End:
        if (reader.depth() == 0 && !first && !left) return Returns::Other;
        break;
      case Op::BrTable:
      case Op::ReturnCall:
      case Op::ReturnCallIndirect:
      case Op::ReturnCallRef:
        return Returns::Other;
      case Op::MemoryCopy:
        reads = true;
        break;
      default:
        if (instruction.immediate == wasm::Immediate::MemArg && !isStore(instruction.opcode)) {
          reads = true;
        }
        if (instruction.immediate == wasm::Immediate::Function) reads = true;  // a call may
    }
    first = instruction.opcode == Op::LocalGet && instruction.index == 0;
    left = instruction.opcode == Op::Return || instruction.opcode == Op::Unreachable ||
           instruction.opcode == Op::Br;
  }
  if (reader.failed()) return Returns::Other;
  return reads ? Returns::FirstFilled : Returns::First;
}

}  // namespace asyncscope::callgraph
