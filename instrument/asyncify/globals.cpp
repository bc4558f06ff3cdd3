#include "instrument/asyncify/globals.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "instrument/module/instruction.h"

namespace asyncscope::asyncify {
namespace {

namespace Op = wasm::Op;
using wasm::Instruction;

constexpr std::size_t kPrologueInstructions = 32;
// A control function of 64-bit pointers and five-byte global indices needs about 60 bytes.
constexpr std::uint32_t kControlFunctionBytes = 80;
// Real modules have one candidate; hostile ones must not make the vote quadratic.
constexpr std::size_t kMaximalCandidates = 64;
// So many prologues that agree are no chance; the rest of the bodies need not be looked at.
constexpr std::uint32_t kEnoughPrologues = 64;

struct Short {
  std::uint32_t opcode = 0;
  std::uint32_t index = 0;
  std::int64_t value = 0;
  std::uint64_t memoryOffset = 0;
  std::uint32_t memory = 0;
};

// The first instructions of a function.
struct Head {
  std::array<Short, kPrologueInstructions> code;
  std::size_t size = 0;
  bool whole = false;  // the function ended within them

  bool is(std::size_t at, std::uint32_t opcode) const {
    return at < size && code[at].opcode == opcode;
  }
};

bool isCall(std::uint32_t opcode) {
  return opcode == Op::Call || opcode == Op::CallIndirect || opcode == Op::CallRef ||
         opcode == Op::ReturnCall || opcode == Op::ReturnCallIndirect ||
         opcode == Op::ReturnCallRef;
}

Head readHead(const wasm::Module& module, std::uint32_t function) {
  Head head;
  wasm::InstructionReader reader(module, function);
  Instruction instruction;
  while (head.size < head.code.size() && reader.next(instruction)) {
    if (isCall(instruction.opcode)) {
      return head;
    }
    Short& entry = head.code[head.size++];
    entry.opcode = instruction.opcode;
    entry.index = instruction.index;
    entry.value = instruction.value;
    if (instruction.immediate == wasm::Immediate::MemArg) {
      entry.memoryOffset = instruction.memory.offset;
      entry.memory = instruction.memory.index;
    }
  }
  head.whole = !reader.failed() && reader.depth() == 0;
  return head;
}

bool isMutable(const wasm::Module& module, std::uint32_t global, wasm::ValueKind kind) {
  return module.globals[global].isMutable && module.globals[global].type.kind == kind;
}

bool isStateGlobal(const wasm::Module& module, std::uint32_t global) {
  return isMutable(module, global, wasm::ValueKind::I32);
}

bool isDataGlobal(const wasm::Module& module, std::uint32_t global) {
  return isMutable(module, global, wasm::ValueKind::I32) ||
         isMutable(module, global, wasm::ValueKind::I64);
}

// [data] -= N, beginning at the first global.get of data; the operands may go through locals.
std::optional<Globals> matchPop(const wasm::Module& module, const Head& head, std::size_t at) {
  Globals found;
  found.data = head.code[at].index;
  if (!isDataGlobal(module, found.data)) {
    return std::nullopt;
  }
  found.pointer64 = module.globals[found.data].type.kind == wasm::ValueKind::I64;
  const std::uint32_t load = found.pointer64 ? Op::I64Load : Op::I32Load;
  const std::uint32_t constant = found.pointer64 ? Op::I64Const : Op::I32Const;
  const std::uint32_t add = found.pointer64 ? Op::I64Add : Op::I32Add;
  const std::uint32_t sub = found.pointer64 ? Op::I64Sub : Op::I32Sub;
  const std::uint32_t store = found.pointer64 ? Op::I64Store : Op::I32Store;
  std::size_t next = at + 1;
  while (head.is(next, Op::LocalTee) || head.is(next, Op::LocalGet) ||
         (head.is(next, Op::GlobalGet) && head.code[next].index == found.data)) {
    ++next;
  }
  if (!head.is(next, load) || head.code[next].memoryOffset != 0 || !head.is(next + 1, constant) ||
      !(head.is(next + 2, add) || head.is(next + 2, sub)) || !head.is(next + 3, store) ||
      head.code[next + 3].memoryOffset != 0) {
    return std::nullopt;
  }
  const std::int64_t size =
      head.is(next + 2, sub) ? head.code[next + 1].value : -head.code[next + 1].value;
  if (size <= 0) {
    return std::nullopt;
  }
  found.memory = head.code[next].memory;
  return found;
}

std::optional<Globals> matchPrologue(const wasm::Module& module, const Head& head) {
  for (std::size_t at = 0; at + 8 < head.size; ++at) {
    const bool test = head.is(at, Op::GlobalGet) && head.is(at + 1, Op::I32Const) &&
                      head.code[at + 1].value == 2 && head.is(at + 2, Op::I32Eq) &&
                      head.is(at + 3, Op::If) && head.is(at + 4, Op::GlobalGet);
    if (!test || !isStateGlobal(module, head.code[at].index)) {
      continue;
    }
    if (std::optional<Globals> found = matchPop(module, head, at + 4)) {
      found->state = head.code[at].index;
      if (found->state != found->data) {
        return found;
      }
    }
  }
  return std::nullopt;
}

// The test of all control functions: position > end traps. Operands may go through a local.
bool endsWithBoundsTest(const Head& head, std::size_t at, Globals& found,
                        const wasm::Module& module) {
  if (!head.is(at, Op::GlobalGet)) {
    return false;
  }
  found.data = head.code[at].index;
  if (!isDataGlobal(module, found.data)) {
    return false;
  }
  found.pointer64 = module.globals[found.data].type.kind == wasm::ValueKind::I64;
  const std::uint32_t load = found.pointer64 ? Op::I64Load : Op::I32Load;
  std::size_t next = at + 1;
  if (head.is(next, Op::LocalTee)) {
    ++next;
  }
  if (!head.is(next, load) || head.code[next].memoryOffset != 0) {
    return false;
  }
  found.memory = head.code[next].memory;
  ++next;
  if (!head.is(next, Op::LocalGet) &&
      !(head.is(next, Op::GlobalGet) && head.code[next].index == found.data)) {
    return false;
  }
  return head.is(next + 1, load) &&
         head.code[next + 1].memoryOffset == (found.pointer64 ? 8U : 4U) &&
         head.is(next + 2, found.pointer64 ? Op::I64GtU : Op::I32GtU) &&
         head.is(next + 3, Op::If) && head.is(next + 4, Op::Unreachable) &&
         head.is(next + 5, Op::End) && head.is(next + 6, Op::End);
}

struct ControlCandidate {
  Globals globals;
  std::int64_t value = 0;
};

std::optional<ControlCandidate> matchControl(const wasm::Module& module, std::uint32_t function,
                                             const Head& head) {
  const wasm::FunctionType type = module.functionType(function);
  if (!head.whole || !type.results.empty() || type.params.size() > 1 || !head.is(0, Op::I32Const) ||
      !head.is(1, Op::GlobalSet)) {
    return std::nullopt;
  }
  ControlCandidate candidate;
  candidate.value = head.code[0].value;
  candidate.globals.state = head.code[1].index;
  const bool starts = candidate.value == 1 || candidate.value == 2;
  if (!isStateGlobal(module, candidate.globals.state) || (candidate.value != 0 && !starts) ||
      starts != (type.params.size() == 1)) {
    return std::nullopt;
  }
  std::size_t test = 2;
  if (starts) {
    if (!head.is(2, Op::LocalGet) || head.code[2].index != 0 || !head.is(3, Op::GlobalSet)) {
      return std::nullopt;
    }
    test = 4;
  }
  if (!endsWithBoundsTest(head, test, candidate.globals, module) ||
      (starts && head.code[3].index != candidate.globals.data)) {
    return std::nullopt;
  }
  return candidate;
}

bool same(const Globals& a, const Globals& b) {
  return a.state == b.state && a.data == b.data && a.memory == b.memory;
}

}  // namespace

std::optional<FoundGlobals> findGlobals(const wasm::Module& module) {
  struct Candidate {
    Globals globals;
    std::uint32_t prologues = 0;
    bool startsUnwind = false, startsRewind = false, stops = false;
  };
  std::vector<Candidate> candidates;
  const auto candidateOf = [&](const Globals& globals) -> Candidate* {
    for (Candidate& candidate : candidates) {
      if (same(candidate.globals, globals)) {
        return &candidate;
      }
    }
    if (candidates.size() == kMaximalCandidates) {
      return nullptr;
    }
    candidates.push_back({.globals = globals});
    return &candidates.back();
  };

  for (std::uint32_t function = module.importedFunctionCount; function < module.functions.size();
       ++function) {
    const Head head = readHead(module, function);
    if (const std::optional<Globals> found = matchPrologue(module, head)) {
      if (Candidate* candidate = candidateOf(*found)) {
        if (++candidate->prologues == kEnoughPrologues) {
          return FoundGlobals{candidate->globals, false};
        }
      }
    } else if (module.functions[function].code.size() <= kControlFunctionBytes) {
      if (const auto control = matchControl(module, function, head)) {
        if (Candidate* candidate = candidateOf(control->globals)) {
          candidate->startsUnwind |= control->value == 1;
          candidate->startsRewind |= control->value == 2;
          candidate->stops |= control->value == 0;
        }
      }
    }
  }
  const auto most = std::max_element(
      candidates.begin(), candidates.end(),
      [](const Candidate& a, const Candidate& b) { return a.prologues < b.prologues; });
  if (most != candidates.end() && most->prologues > 0) {
    return FoundGlobals{most->globals, most->startsUnwind && most->startsRewind && most->stops};
  }
  const auto controlled =
      std::find_if(candidates.begin(), candidates.end(),
                   [](const Candidate& c) { return c.startsUnwind && c.startsRewind && c.stops; });
  if (controlled != candidates.end()) {
    return FoundGlobals{controlled->globals, true};
  }
  return std::nullopt;
}

}  // namespace asyncscope::asyncify
