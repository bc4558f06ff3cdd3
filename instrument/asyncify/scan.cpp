#include "instrument/asyncify/scan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>

#include "instrument/module/instruction.h"

namespace asyncscope::asyncify {
namespace {

namespace Op = wasm::Op;

constexpr std::uint32_t kNone = kNoIndex;

// What the scan knows and waits for. Each instruction opens and closes some of it by a table, and
// is looked at only while something is open that it matters to: nine of ten are not, and take a few
// operations without a jump. That, and decoding only what is looked at, halved the time of the
// scan.
enum Open : std::uint8_t {
  kSite = 1,       // the guard of the last call: only moves and the test may stand between
  kWrite = 2,      // the write of the data after a write of the state: in a straight line
  kEntry = 4,      // the rewind branch at the entry: ends with the first branch or call
  kCatch = 8,      // the end of a legacy catch body
  kAliases = 16,   // locals hold the data global
  kAfterGet = 32,  // the last instruction was a global.get,
  kAfterSum = 64,  // or an addition or subtraction
  kUnasked = 128,  // always open, for what always matters
};

struct Role {
  std::uint8_t keeps = 0;
  std::uint8_t opens = 0;
  std::uint8_t mattersTo = 0;
};

constexpr std::array<Role, 256> makeRoles() {
  constexpr int kLasting = kCatch | kAliases | kUnasked;
  constexpr int kAll = kSite | kWrite | kEntry;
  std::array<Role, 256> roles{};
  const auto set = [&](std::initializer_list<std::uint32_t> opcodes, int keeps, int opens,
                       int mattersTo) {
    for (const std::uint32_t opcode : opcodes) {
      roles[opcode] = {static_cast<std::uint8_t>(keeps | kLasting),
                       static_cast<std::uint8_t>(opens), static_cast<std::uint8_t>(mattersTo)};
    }
  };
  for (std::uint32_t opcode = 0; opcode < roles.size(); ++opcode) {
    set({opcode}, kWrite | kEntry, 0, 0);
  }
  set({Op::I32Const, Op::LocalGet, Op::Drop, Op::Nop, Op::I32Eq, Op::I32Ne}, kAll, 0, 0);
  set({Op::LocalSet, Op::LocalTee}, kAll, 0, kAliases | kAfterGet);
  set({Op::GlobalGet}, kAll, kAfterGet, kSite);
  set({Op::I32Add, Op::I32Sub, Op::I64Add, Op::I64Sub}, kWrite | kEntry, kAfterSum, 0);
  set({Op::I32Store, Op::I64Store}, kWrite | kEntry, 0, kAfterSum);
  set({Op::GlobalSet, Op::RefFunc}, kWrite | kEntry, 0, kUnasked);
  set({Op::Call, Op::CallIndirect, Op::CallRef}, 0, kSite, kUnasked);
  set({Op::ReturnCall, Op::ReturnCallIndirect, Op::ReturnCallRef}, 0, 0, kUnasked);
  set({Op::If, Op::BrIf}, 0, 0, kSite | kEntry);
  set({Op::Catch, Op::CatchAll}, kEntry, kCatch, kUnasked);
  set({Op::End, Op::Delegate}, kEntry, 0, kCatch);
  set({Op::Block}, kEntry, 0, 0);
  set({Op::Loop, Op::Else, Op::Br, Op::BrTable, Op::Return, Op::Unreachable, Op::Try, Op::TryTable,
       Op::Throw, Op::ThrowRef, Op::Rethrow},
      0, 0, 0);
  return roles;
}

constexpr std::array<Role, 256> kRoles = makeRoles();

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
  static constexpr std::uint32_t kWindow = 8;  // a power of two

  // A comparison of the state with a constant, ending at the last instruction seen.
  struct StateTest {
    bool matched = false;
    std::int64_t value = 0;
    std::uint32_t length = 0;  // in instructions
  };

  // The n-th instruction before the present one, n >= 1. Only places are kept, as few are asked
  // for. A prefix stands for all instructions that begin with it: none of those are looked for.
  std::uint32_t place(std::uint32_t n) const { return places_[(count_ - n) % kWindow]; }
  std::uint32_t opcode(std::uint32_t n) const { return module_.bytes[place(n)]; }
  std::uint32_t index(std::uint32_t n) const { return wasm::indexAt(module_, place(n)); }
  std::int64_t value(std::uint32_t n) const { return wasm::constantAt(module_, place(n)); }
  bool isGlobal(std::uint32_t n, std::uint32_t global) const {
    return opcode(n) == Op::GlobalGet && index(n) == global;
  }
  bool isState(std::uint32_t n) const { return isGlobal(n, globals_.state); }
  bool isConst32(std::uint32_t n) const { return opcode(n) == Op::I32Const; }

  void close(Open what) { open_ &= static_cast<std::uint8_t>(~what); }
  void act(std::uint32_t opcode, wasm::Range place, std::uint32_t depth);
  StateTest stateTest() const;
  void onBranch(wasm::Range place, bool isIf);
  void onStore(wasm::Range place);
  void onGlobalSet(wasm::Range place);
  bool isStackPrologue(std::uint32_t global) const;
  void onLocalSet(std::uint32_t local);
  void onCall(wasm::Range place, SiteKind kind, bool tail);
  void onGuard(wasm::Range place, std::uint32_t testLength, bool isIf);
  bool isDataOperand(std::uint32_t n) const;
  bool isAlias(std::uint32_t local) const {
    return std::find(aliases_.begin(), aliases_.end(), local) != aliases_.end();
  }
  void trackCatch(std::uint32_t opcode, std::uint32_t depth);

  const wasm::Module& module_;
  const Globals& globals_;
  BodyScan& result_;
  const std::uint32_t load_, constant_, add_, sub_;

  // The function at hand.
  std::uint32_t function_ = kNone;
  BodyFacts facts_;
  std::array<std::uint32_t, kWindow> places_{};
  std::uint32_t count_ = kWindow;  // instructions seen, plus kWindow
  std::uint8_t open_ = kEntry;     // of Keep
  bool callSeen_ = false;
  std::uint32_t openSite_ = kNone;          // while kSite is open: the call
  std::uint32_t openSiteCount_ = 0;         // count_ at that call
  std::uint32_t openWrite_ = kNone;         // while kWrite is open: the state write
  std::array<std::uint32_t, 8> aliases_{};  // locals that hold the data global: the last
  std::uint32_t aliasCount_ = 0;
  std::vector<std::uint32_t> catchDepths_;  // of the legacy catch bodies that are open
};

support::Result<void> BodyScanner::scan(std::uint32_t function) {
  function_ = function;
  facts_ = {};
  facts_.firstSite = static_cast<std::uint32_t>(result_.sites.size());
  places_.fill(0);  // where the magic has a 0, which as an opcode nothing looks for
  count_ = kWindow;
  open_ = kEntry | kUnasked;
  callSeen_ = false;
  aliases_.fill(kNone);
  aliasCount_ = 0;
  catchDepths_.clear();

  wasm::InstructionReader reader(module_, function);
  const std::uint8_t* const bytes = module_.bytes.data();
  const auto leave = [&](std::uint32_t offset, const Role& role) {
    open_ = static_cast<std::uint8_t>((open_ & role.keeps) | role.opens);
    places_[count_++ % kWindow] = offset;
  };
  const auto pass = [&](std::uint32_t offset) {
    const Role& role = kRoles[bytes[offset]];
    if ((role.mattersTo & open_) != 0) {
      return false;
    }
    leave(offset, role);
    return true;
  };
  const auto actOn = [&](std::uint32_t offset, std::uint32_t end) {
    act(bytes[offset], {offset, end}, reader.depth());
    leave(offset, kRoles[bytes[offset]]);
  };
  const bool read = reader.forEachPlace(pass, actOn);
  if (!read) {
    return tl::unexpected(reader.error());
  }
  result_.bodies.push_back(facts_);
  return {};
}

// depth: of open blocks after the instruction.
void BodyScanner::act(std::uint32_t opcode, wasm::Range place, std::uint32_t depth) {
  switch (opcode) {
    case Op::LocalSet:
    case Op::LocalTee:
      onLocalSet(wasm::indexAt(module_, place.begin));
      break;
    case Op::GlobalGet:
      if (wasm::indexAt(module_, place.begin) != globals_.state) {
        close(kSite);
      }
      break;
    case Op::If:
    case Op::BrIf:
      onBranch(place, opcode == Op::If);
      break;
    case Op::I32Store:
    case Op::I64Store:
      onStore(place);
      break;
    case Op::GlobalSet:
      onGlobalSet(place);
      break;
    case Op::Call:
      onCall(place, SiteKind::Call, false);
      break;
    case Op::CallIndirect:
      onCall(place, SiteKind::CallIndirect, false);
      break;
    case Op::CallRef:
      onCall(place, SiteKind::CallRef, false);
      break;
    case Op::ReturnCall:
      onCall(place, SiteKind::Call, true);
      break;
    case Op::ReturnCallIndirect:
      onCall(place, SiteKind::CallIndirect, true);
      break;
    case Op::ReturnCallRef:
      onCall(place, SiteKind::CallRef, true);
      break;
    case Op::RefFunc:
      result_.referencedFunctions.push_back(wasm::indexAt(module_, place.begin));
      break;
    default:
      trackCatch(opcode, depth);
  }
}

// state == c, in either order, the state perhaps kept in a local on the way; eqz counts as == 0.
BodyScanner::StateTest BodyScanner::stateTest() const {
  const std::uint32_t last = opcode(1);
  if (last == Op::I32Eqz) {
    if (isState(2)) {
      return {true, 0, 2};
    }
    return {};
  }
  if (last != Op::I32Eq && last != Op::I32Ne) {
    return {};
  }
  if (isConst32(2)) {
    if (isState(3)) {
      return {true, value(2), 3};
    }
    if (opcode(3) == Op::LocalTee && isState(4)) {
      return {true, value(2), 4};
    }
  } else if (isState(2) && isConst32(3)) {
    return {true, value(3), 3};
  } else if (opcode(2) == Op::LocalTee && isState(3) && isConst32(4)) {
    return {true, value(4), 4};
  }
  return {};
}

void BodyScanner::onBranch(wasm::Range place, bool isIf) {
  const StateTest test = stateTest();
  if (test.matched && test.value == 1 && (open_ & kSite) != 0) {
    onGuard(place, test.length, isIf);
  }
  if ((open_ & kEntry) != 0 && isIf && test.matched && test.value == 2 && opcode(1) == Op::I32Eq) {
    facts_.rewindPlace = place.end;
  }
}

// The call index is the constant that the branch carries: before the test, perhaps through a local,
// or first inside the `if`.
void BodyScanner::onGuard(wasm::Range place, std::uint32_t testLength, bool isIf) {
  Site& site = result_.sites[openSite_];
  site.guarded = true;
  facts_.guardedSites = true;
  if (isIf) {
    if (module_.functions[function_].code.contains(place.end) &&
        module_.bytes[place.end] == Op::I32Const) {
      site.callIndex = static_cast<std::uint32_t>(wasm::constantAt(module_, place.end));
    }
    return;
  }
  const std::uint32_t between = count_ - openSiteCount_ - 1;  // instructions since the call
  std::uint32_t n = testLength + 1;
  if (n <= between && (opcode(n) == Op::LocalSet || opcode(n) == Op::LocalTee)) {
    ++n;
  }
  if (n <= between && isConst32(n)) {
    site.callIndex = static_cast<std::uint32_t>(value(n));
  }
}

bool BodyScanner::isDataOperand(std::uint32_t n) const {
  return isGlobal(n, globals_.data) ||
         ((opcode(n) == Op::LocalGet || opcode(n) == Op::LocalTee) && isAlias(index(n)));
}

// [data] += N: a push when N > 0, a pop when N < 0.
void BodyScanner::onStore(wasm::Range place) {
  const std::uint32_t operation = opcode(1);
  if ((operation != add_ && operation != sub_) || opcode(2) != constant_ || opcode(3) != load_ ||
      !isDataOperand(4)) {
    return;
  }
  const wasm::MemArg memory = wasm::memArgAt(module_, place.begin);
  if (memory.offset != 0 || memory.index != globals_.memory) {
    return;
  }
  const std::int64_t size = value(2);
  // A record that does not fit the address space is no record; and the sum must not overflow.
  if (size == 0 || size > INT32_MAX || size < -INT32_MAX) {
    return;
  }
  const std::int64_t change = operation == add_ ? size : -size;
  if (change < 0) {
    if (facts_.pops++ == 0) {
      facts_.popsFirst = !callSeen_;
    }
    facts_.popBytes -= change;
  } else {
    ++facts_.pushes;
    facts_.pushBytes += change;
    facts_.savedPlace = place.end;
  }
}

void BodyScanner::onLocalSet(std::uint32_t local) {
  const bool fromData =
      isGlobal(1, globals_.data) || (opcode(1) == Op::LocalTee && isAlias(index(1)));
  if (fromData == isAlias(local)) {
    return;
  }
  if (fromData) {
    aliases_[aliasCount_++ % aliases_.size()] = local;
    open_ |= kAliases;
  } else {
    std::replace(aliases_.begin(), aliases_.end(), local, kNone);
  }
}

// global = global - n, or + -n, the result kept in a local or not; stacks are aligned.
bool BodyScanner::isStackPrologue(std::uint32_t global) const {
  const std::uint32_t n = opcode(1) == Op::LocalTee ? 2 : 1;
  const std::uint32_t operation = opcode(n);
  const bool subtracts = operation == Op::I32Sub || operation == Op::I64Sub;
  const bool adds = operation == Op::I32Add || operation == Op::I64Add;
  if (!(subtracts || adds) || !(isConst32(n + 1) || opcode(n + 1) == Op::I64Const)) {
    return false;
  }
  const std::int64_t size = value(n + 1);
  return (size > 0) == subtracts && size % 4 == 0 && isGlobal(n + 2, global);
}

void BodyScanner::onGlobalSet(wasm::Range place) {
  const std::uint32_t global = wasm::indexAt(module_, place.begin);
  if (global == globals_.state) {
    ++facts_.stateWrites;
    open_ |= kWrite;
    openWrite_ = static_cast<std::uint32_t>(result_.stateWrites.size());
    result_.stateWrites.push_back({function_, place.begin, place.end,
                                   isConst32(1) ? static_cast<std::uint32_t>(value(1)) : kNone});
    return;
  }
  if (global == globals_.data) {
    if ((open_ & kWrite) != 0) {
      result_.stateWrites[openWrite_].after = place.end;
      close(kWrite);
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

void BodyScanner::onCall(wasm::Range place, SiteKind kind, bool tail) {
  openSite_ = static_cast<std::uint32_t>(result_.sites.size());
  openSiteCount_ = count_;
  callSeen_ = true;
  Site site;
  site.function = function_;
  site.offset = place.begin;
  site.end = place.end;
  site.target = wasm::indexAt(module_, place.begin);
  site.kind = kind;
  site.tail = tail;
  site.inCatch = (open_ & kCatch) != 0;
  result_.sites.push_back(site);
}

// depth: of open blocks after the instruction.
void BodyScanner::trackCatch(std::uint32_t opcode, std::uint32_t depth) {
  if (opcode == Op::Catch || opcode == Op::CatchAll) {
    if (catchDepths_.empty() || catchDepths_.back() != depth) {
      catchDepths_.push_back(depth);
    }
    return;
  }
  while (!catchDepths_.empty() && catchDepths_.back() > depth) {
    catchDepths_.pop_back();
  }
  if (catchDepths_.empty()) {
    close(kCatch);
  }
}

}  // namespace

support::Result<BodyScan> scanBodies(const wasm::Module& module, const Globals& globals) {
  BodyScan result;
  result.bodies.reserve(module.functions.size() - module.importedFunctionCount);
  // A call takes tens of bytes of code. Growing instead would copy, and touch as much memory again.
  constexpr std::size_t kLeastBytesPerSite = 32;
  result.sites.reserve(module.bytes.size() / kLeastBytesPerSite);
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
