#include "instrument/asyncify/scan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "instrument/module/instruction.h"

namespace asyncscope::asyncify {
namespace {

namespace Op = wasm::Op;
using wasm::Instruction;

constexpr std::uint32_t kNone = kNoIndex;

// Scans bodies one after another; holds what it knows of the one at hand.
class BodyScanner {
 public:
  BodyScanner(const wasm::Module& module, const Globals& globals, BodyScan& result)
      : module_(module),
        globals_(globals),
        result_(result),
        load_(globals.pointer64 ? Op::I64Load : Op::I32Load),
        constant_(globals.pointer64 ? Op::I64Const : Op::I32Const),
        add_(globals.pointer64 ? Op::I64Add : Op::I32Add),
        sub_(globals.pointer64 ? Op::I64Sub : Op::I32Sub) {}

  support::Result<void> scan(std::uint32_t function);

 private:
  // An instruction seen, as far as patterns look back at it.
  struct Seen {
    std::uint32_t opcode = 0;
    std::uint32_t index = 0;
    std::int64_t value = 0;
  };
  static constexpr std::uint32_t kWindow = 8;  // a power of two

  // A comparison of the state with a constant, ending at the last instruction seen.
  struct StateTest {
    bool matched = false;
    std::int64_t value = 0;
    std::uint32_t length = 0;  // in instructions
  };

  // The n-th instruction before the present one, n >= 1.
  const Seen& back(std::uint32_t n) const { return seen_[(count_ - n) % kWindow]; }
  bool isState(std::uint32_t n) const {
    return back(n).opcode == Op::GlobalGet && back(n).index == globals_.state;
  }
  bool isConst32(std::uint32_t n) const { return back(n).opcode == Op::I32Const; }

  StateTest stateTest() const;
  void onBranch(const Instruction& instruction);
  void onStore(const Instruction& instruction);
  void onGlobalSet(const Instruction& instruction);
  bool isStackPrologue(std::uint32_t global) const;
  void onLocalSet(const Instruction& instruction);
  void onCall(const Instruction& instruction, SiteKind kind, bool tail);
  void onGuard(std::uint32_t testLength, bool isIf);
  bool isDataOperand(std::uint32_t n) const;
  bool isAlias(std::uint32_t local) const {
    return std::find(aliases_.begin(), aliases_.end(), local) != aliases_.end();
  }
  void trackCatch(const Instruction& instruction, std::uint32_t depth);

  const wasm::Module& module_;
  const Globals& globals_;
  BodyScan& result_;
  const std::uint32_t load_, constant_, add_, sub_;

  // The function at hand.
  std::uint32_t function_ = kNone;
  BodyFacts facts_;
  std::array<Seen, kWindow> seen_{};
  std::uint32_t count_ = kWindow;  // instructions seen; starts so that back() has zeros
  bool entryOpen_ = true;          // nothing but the entry's straight line so far
  bool callSeen_ = false;
  std::uint32_t openSite_ = kNone;          // a call whose guard may still follow
  std::uint32_t openSiteCount_ = 0;         // count_ at that call
  std::uint32_t indexSite_ = kNone;         // a guard's `if` was the last instruction
  std::uint32_t openWrite_ = kNone;         // a state write that a data write may still follow
  std::array<std::uint32_t, 8> aliases_{};  // locals that hold the data global: the last
  std::uint32_t aliasCount_ = 0;
  std::vector<std::uint32_t> catchDepths_;  // of the legacy catch bodies that are open
};

support::Result<void> BodyScanner::scan(std::uint32_t function) {
  function_ = function;
  facts_ = {};
  facts_.firstSite = static_cast<std::uint32_t>(result_.sites.size());
  seen_.fill({});
  count_ = kWindow;
  entryOpen_ = true;
  callSeen_ = false;
  openSite_ = indexSite_ = openWrite_ = kNone;
  aliases_.fill(kNone);
  aliasCount_ = 0;
  catchDepths_.clear();

  wasm::InstructionReader reader(module_, function);
  Instruction instruction;
  while (reader.next(instruction)) {
    bool keepSite = false;  // whether a guard may still follow the last call
    bool keepWrite = true;  // whether a data write may still follow the last state write
    const std::uint32_t indexSite = std::exchange(indexSite_, kNone);
    switch (instruction.opcode) {
      case Op::I32Const:
        if (indexSite != kNone) {
          result_.sites[indexSite].callIndex = static_cast<std::uint32_t>(instruction.value);
        }
        keepSite = true;
        break;
      case Op::LocalSet:
      case Op::LocalTee:
        onLocalSet(instruction);
        keepSite = true;
        break;
      case Op::GlobalGet:
        keepSite = instruction.index == globals_.state;
        break;
      case Op::LocalGet:
      case Op::Drop:
      case Op::Nop:
      case Op::I32Eq:
      case Op::I32Ne:
        keepSite = true;
        break;
      case Op::If:
      case Op::BrIf:
        onBranch(instruction);
        keepWrite = false;
        break;
      case Op::I32Store:
      case Op::I64Store:
        onStore(instruction);
        break;
      case Op::GlobalSet:
        onGlobalSet(instruction);
        keepWrite = openWrite_ != kNone;
        break;
      case Op::Call:
        onCall(instruction, SiteKind::Call, false);
        keepSite = true;
        break;
      case Op::CallIndirect:
        onCall(instruction, SiteKind::CallIndirect, false);
        keepSite = true;
        break;
      case Op::CallRef:
        onCall(instruction, SiteKind::CallRef, false);
        keepSite = true;
        break;
      case Op::ReturnCall:
        onCall(instruction, SiteKind::Call, true);
        break;
      case Op::ReturnCallIndirect:
        onCall(instruction, SiteKind::CallIndirect, true);
        break;
      case Op::ReturnCallRef:
        onCall(instruction, SiteKind::CallRef, true);
        break;
      case Op::RefFunc:
        result_.referencedFunctions.push_back(instruction.index);
        break;
      case Op::Catch:
      case Op::CatchAll:
      case Op::End:
      case Op::Delegate:
        trackCatch(instruction, reader.depth());
        keepWrite = false;
        break;
      case Op::Loop:
      case Op::Else:
      case Op::Br:
      case Op::BrTable:
      case Op::Return:
      case Op::Unreachable:
      case Op::Try:
      case Op::TryTable:
      case Op::Throw:
      case Op::ThrowRef:
      case Op::Rethrow:
        entryOpen_ = false;
        keepWrite = false;
        break;
      case Op::Block:
        keepWrite = false;
        break;
      default:
        break;
    }
    if (!keepSite) {
      openSite_ = kNone;
    }
    if (!keepWrite) {
      openWrite_ = kNone;
    }
    Seen& entry = seen_[count_ % kWindow];
    entry.opcode = instruction.opcode;
    entry.index = instruction.index;
    entry.value = instruction.value;
    ++count_;
  }
  if (reader.failed()) {
    return tl::unexpected(reader.error());
  }
  result_.bodies.push_back(facts_);
  return {};
}

// state == c, in either order, the state perhaps kept in a local on the way; eqz counts as == 0.
BodyScanner::StateTest BodyScanner::stateTest() const {
  const std::uint32_t opcode = back(1).opcode;
  if (opcode == Op::I32Eqz) {
    if (isState(2)) {
      return {true, 0, 2};
    }
    return {};
  }
  if (opcode != Op::I32Eq && opcode != Op::I32Ne) {
    return {};
  }
  if (isConst32(2)) {
    if (isState(3)) {
      return {true, back(2).value, 3};
    }
    if (back(3).opcode == Op::LocalTee && isState(4)) {
      return {true, back(2).value, 4};
    }
  } else if (isState(2) && isConst32(3)) {
    return {true, back(3).value, 3};
  } else if (back(2).opcode == Op::LocalTee && isState(3) && isConst32(4)) {
    return {true, back(4).value, 4};
  }
  return {};
}

void BodyScanner::onBranch(const Instruction& instruction) {
  const bool isIf = instruction.opcode == Op::If;
  const StateTest test = stateTest();
  if (test.matched && test.value == 1 && openSite_ != kNone) {
    onGuard(test.length, isIf);
  }
  if (entryOpen_) {
    if (isIf && test.matched && test.value == 2 && back(1).opcode == Op::I32Eq) {
      facts_.rewindPlace = instruction.end;
    }
    entryOpen_ = false;
  }
}

// The call index is the constant that the branch carries: before the test, perhaps through a local,
// or first inside the `if`.
void BodyScanner::onGuard(std::uint32_t testLength, bool isIf) {
  Site& site = result_.sites[openSite_];
  site.guarded = true;
  facts_.guardedSites = true;
  if (isIf) {
    indexSite_ = openSite_;
    return;
  }
  const std::uint32_t between = count_ - openSiteCount_ - 1;  // instructions since the call
  std::uint32_t n = testLength + 1;
  if (n <= between && (back(n).opcode == Op::LocalSet || back(n).opcode == Op::LocalTee)) {
    ++n;
  }
  if (n <= between && isConst32(n)) {
    site.callIndex = static_cast<std::uint32_t>(back(n).value);
  }
}

bool BodyScanner::isDataOperand(std::uint32_t n) const {
  const Seen& seen = back(n);
  if (seen.opcode == Op::GlobalGet) {
    return seen.index == globals_.data;
  }
  return (seen.opcode == Op::LocalGet || seen.opcode == Op::LocalTee) && isAlias(seen.index);
}

// [data] += N: a push when N > 0, a pop when N < 0.
void BodyScanner::onStore(const Instruction& instruction) {
  const std::uint32_t operation = back(1).opcode;
  if (instruction.memory.offset != 0 || (operation != add_ && operation != sub_) ||
      back(2).opcode != constant_ || back(3).opcode != load_ || !isDataOperand(4) ||
      instruction.memory.index != globals_.memory) {
    return;
  }
  const std::int64_t value = back(2).value;
  // A record that does not fit the address space is no record; and the sum must not overflow.
  if (value == 0 || value > INT32_MAX || value < -INT32_MAX) {
    return;
  }
  const std::int64_t change = operation == add_ ? value : -value;
  if (change < 0) {
    if (facts_.pops++ == 0) {
      facts_.popsFirst = !callSeen_;
    }
    facts_.popBytes -= change;
  } else {
    ++facts_.pushes;
    facts_.pushBytes += change;
    facts_.savedPlace = instruction.end;
  }
}

void BodyScanner::onLocalSet(const Instruction& instruction) {
  const Seen& last = back(1);
  const bool fromData = (last.opcode == Op::GlobalGet && last.index == globals_.data) ||
                        (last.opcode == Op::LocalTee && isAlias(last.index));
  if (fromData != isAlias(instruction.index)) {
    if (fromData) {
      aliases_[aliasCount_++ % aliases_.size()] = instruction.index;
    } else {
      std::replace(aliases_.begin(), aliases_.end(), instruction.index, kNone);
    }
  }
}

// global = global - n, or + -n, the result kept in a local or not; stacks are aligned.
bool BodyScanner::isStackPrologue(std::uint32_t global) const {
  const std::uint32_t n = back(1).opcode == Op::LocalTee ? 2 : 1;
  const std::uint32_t operation = back(n).opcode;
  const bool subtracts = operation == Op::I32Sub || operation == Op::I64Sub;
  const bool adds = operation == Op::I32Add || operation == Op::I64Add;
  const std::int64_t value = back(n + 1).value;
  return (subtracts || adds) && (isConst32(n + 1) || back(n + 1).opcode == Op::I64Const) &&
         (value > 0) == subtracts && value % 4 == 0 && back(n + 2).opcode == Op::GlobalGet &&
         back(n + 2).index == global;
}

void BodyScanner::onGlobalSet(const Instruction& instruction) {
  const std::uint32_t global = instruction.index;
  if (global == globals_.state) {
    ++facts_.stateWrites;
    openWrite_ = static_cast<std::uint32_t>(result_.stateWrites.size());
    result_.stateWrites.push_back(
        {function_, instruction.offset, instruction.end,
         isConst32(1) ? static_cast<std::uint32_t>(back(1).value) : kNone});
    return;
  }
  if (global == globals_.data) {
    if (openWrite_ != kNone) {
      result_.stateWrites[openWrite_].after = instruction.end;
      openWrite_ = kNone;
    }
    return;
  }
  if (isStackPrologue(global)) {
    ++result_.prologueVotes[global];
  }
  if (result_.globalWrites.empty() || result_.globalWrites.back().function != function_ ||
      result_.globalWrites.back().global != global) {
    result_.globalWrites.push_back({function_, global});
  }
}

void BodyScanner::onCall(const Instruction& instruction, SiteKind kind, bool tail) {
  openSite_ = static_cast<std::uint32_t>(result_.sites.size());
  openSiteCount_ = count_;
  openWrite_ = kNone;
  entryOpen_ = false;
  callSeen_ = true;
  Site site;
  site.function = function_;
  site.offset = instruction.offset;
  site.end = instruction.end;
  site.target = instruction.index;
  site.kind = kind;
  site.tail = tail;
  site.inCatch = !catchDepths_.empty();
  result_.sites.push_back(site);
}

// depth: of open blocks after the instruction.
void BodyScanner::trackCatch(const Instruction& instruction, std::uint32_t depth) {
  if (instruction.opcode == Op::Catch || instruction.opcode == Op::CatchAll) {
    if (catchDepths_.empty() || catchDepths_.back() != depth) {
      catchDepths_.push_back(depth);
    }
    return;
  }
  while (!catchDepths_.empty() && catchDepths_.back() > depth) {
    catchDepths_.pop_back();
  }
}

}  // namespace

support::Result<BodyScan> scanBodies(const wasm::Module& module, const Globals& globals) {
  BodyScan result;
  result.bodies.reserve(module.functions.size() - module.importedFunctionCount);
  result.prologueVotes.resize(module.globals.size());
  BodyScanner scanner(module, globals, result);
  for (std::uint32_t function = module.importedFunctionCount; function < module.functions.size();
       ++function) {
    if (auto done = scanner.scan(function); !done) {
      return tl::unexpected(done.error());
    }
  }
  return result;
}

}  // namespace asyncscope::asyncify
