#include "analyzer/check/effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "instrument/module/instruction.h"

namespace asyncscope::check {
namespace {

namespace Op = wasm::Op;

bool isCall(std::uint32_t opcode) {
  return opcode == Op::Call || opcode == Op::CallIndirect || opcode == Op::CallRef;
}

// Whether anything outside the frame can see that it ran.
bool isEffect(const wasm::Instruction& instruction, const asyncify::AsyncifyInfo& info) {
  const std::uint32_t opcode = instruction.opcode;
  if (opcode >= Op::I32Store && opcode < Op::MemorySize) return true;
  if (opcode == Op::GlobalSet) {
    return instruction.index != info.stackPointer && instruction.index != info.globals.state &&
           instruction.index != info.globals.data;
  }
  if (opcode == Op::MemoryGrow || opcode == Op::TableSet || isCall(opcode)) return true;
  // Atomic, bulk and vector instructions that write.
  const std::string_view name = opcode >= 0x100 ? wasm::opcodeName(opcode) : std::string_view();
  for (const std::string_view part :
       {".store", ".rmw", ".copy", ".fill", ".init", ".grow", "memory.atomic"}) {
    if (name.find(part) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

FunctionEffects::FunctionEffects(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                                 std::uint32_t function) {
  wasm::InstructionReader reader(module, function);
  wasm::Instruction instruction;
  std::vector<bool> loops{false};  // by open block: whether it, or one around it, is a loop
  while (reader.next(instruction)) {
    const bool opens = reader.depth() > loops.size();
    if (opens) loops.push_back(loops.back() || instruction.opcode == Op::Loop);
    loops.resize(std::max<std::size_t>(reader.depth(), 1));
    if (instruction.opcode == Op::GlobalGet && instruction.index == info.globals.state) {
      lastStateRead_ = instruction.offset;
    }
    if (instruction.opcode == Op::GlobalSet && instruction.index == info.stackPointer) {
      movesStackPointer_ = true;
    }
    if (isEffect(instruction, info)) {
      effects_.push_back({instruction.offset, instruction.opcode});
      if (isCall(instruction.opcode) && loops.back()) inLoops_.push_back(instruction.offset);
    }
  }
}

FrameEffects FunctionEffects::around(std::uint32_t offset) const {
  FrameEffects around;
  around.movesStackPointer = movesStackPointer_;
  around.assertsBehind = lastStateRead_ > offset;
  around.repeats = std::binary_search(inLoops_.begin(), inLoops_.end(), offset);
  const auto own = std::lower_bound(
      effects_.begin(), effects_.end(), offset,
      [](const Effect& effect, std::uint32_t wanted) { return effect.offset < wanted; });
  around.before = own != effects_.begin();
  const bool isOwn = own != effects_.end() && own->offset == offset;
  const auto next = isOwn ? own + 1 : own;
  around.after = next != effects_.end();
  const auto first = around.before ? effects_.begin() : next;
  if (first != effects_.end()) {
    around.what = fmt::format("{} at {:#x}", wasm::opcodeName(first->opcode), first->offset);
  }
  return around;
}

}  // namespace asyncscope::check
