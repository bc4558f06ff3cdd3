#include "instrument/probe/helpers.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "instrument/probe/code.h"
#include "instrument/probe/probe.h"

namespace asyncscope::probe {
namespace {

namespace Op = wasm::Op;
using wasm::kI32;
using wasm::kI64;

constexpr std::uint32_t kUnwinding = 1;
constexpr std::uint32_t kRewinding = 2;

std::uint32_t number(Event event) { return static_cast<std::uint32_t>(event); }

class HelperBuilder {
 public:
  HelperBuilder(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                wasm::Patcher& patcher)
      : module_(module), info_(info), patcher_(patcher) {
    const std::array writer = {kI32, kI32, kI32, kI64, kI64};
    writerType_ = patcher.addType(writer, {});
    oneType_ = patcher.addType(std::span(writer).first(1), {});
    twoType_ = patcher.addType(std::span(writer).first(2), {});
    emitType_ = patcher.addType(std::span(writer).first(3), {});
    const std::array position = {kI64};
    positionType_ = patcher.addType({}, position);
  }

  Helpers build();

 private:
  // Locals are declared in one group at most.
  static Code body(std::uint32_t localCount = 0, wasm::ValueType type = kI32) {
    Code code;
    code.raw().leb(localCount > 0 ? 1 : 0);
    if (localCount > 0) {
      code.raw().leb(localCount);
      wasm::writeValueType(code.raw(), type);
    }
    return code;
  }
  // The name is for those who read disassemblies and stack traces.
  std::uint32_t add(std::uint32_t type, Code& code, std::string_view name) {
    const std::uint32_t function = patcher_.addFunction(type, code.end().span());
    patcher_.nameFunction(function, std::string(kExportPrefix) + std::string(name));
    return function;
  }
  Code& ifState(Code& code, std::uint32_t state) const {
    return code.op(Op::GlobalGet, info_.globals.state).i32(state).op(Op::I32Eq).begin(Op::If);
  }
  // Position, C stack pointer, and the call: the end of every event.
  void write(Code& code, std::uint32_t slot) const;
  std::uint32_t addPosition();
  std::uint32_t addEmit();
  std::uint32_t addFrameEvent(std::string_view name, std::uint32_t state, Event event);
  std::uint32_t addPassed();
  std::uint32_t addControl();
  void addExports();

  const wasm::Module& module_;
  const asyncify::AsyncifyInfo& info_;
  wasm::Patcher& patcher_;
  std::uint32_t writerType_ = 0, oneType_ = 0, twoType_ = 0, emitType_ = 0, positionType_ = 0;
  std::uint32_t position_ = 0, emit_ = 0;
  Helpers helpers_;
};

Helpers HelperBuilder::build() {
  Code nothing = body();
  const std::uint32_t writer = add(writerType_, nothing, "nothing");
  helpers_.table = patcher_.addTable(wasm::kFuncRef, 2, 2);
  patcher_.addElementSegment(helpers_.table, 0, std::array{writer, writer});
  Code zero;
  helpers_.before = patcher_.addGlobal(kI32, true, zero.i32(0).end().span());
  position_ = addPosition();
  emit_ = addEmit();
  helpers_.entered = addFrameEvent("entered", kRewinding, Event::RewindEntered);
  helpers_.saved = addFrameEvent("saved", kUnwinding, Event::UnwindSaved);
  helpers_.left = addFrameEvent("left", kUnwinding, Event::UnwindLeft);
  helpers_.passed = addPassed();
  helpers_.control = addControl();
  addExports();
  return helpers_;
}

void HelperBuilder::write(Code& code, std::uint32_t slot) const {
  code.op(Op::Call, position_);
  if (info_.stackPointer == wasm::kNoIndex) {
    code.i64(0);
  } else {
    code.op(Op::GlobalGet, info_.stackPointer);
    if (module_.globals[info_.stackPointer].type == kI32) {
      code.op(Op::I64ExtendI32U);
    }
  }
  code.i32(slot).op(Op::CallIndirect, writerType_).raw().leb(helpers_.table);
}

// The load cannot trap: it is made only when the pointer has room for a position behind it.
std::uint32_t HelperBuilder::addPosition() {
  constexpr std::uint32_t kAddress = 0;
  constexpr std::uint32_t kSize = 1;
  const std::uint32_t memoryIndex = info_.globals.memory;
  const wasm::Memory& memory = module_.memories[memoryIndex];
  const bool is64 = info_.globals.pointer64;
  Code code = body(2, kI64);
  code.op(Op::GlobalGet, info_.globals.data);
  if (!is64) {
    code.op(Op::I64ExtendI32U);
  }
  code.op(Op::LocalTee, kAddress).op(Op::MemorySize, memoryIndex);
  if (!memory.limits.is64) {
    code.op(Op::I64ExtendI32U);
  }
  code.i64(memory.pageSizeLog2).op(Op::I64Shl).op(Op::LocalTee, kSize).op(Op::I64GeU);
  code.op(Op::LocalGet, kSize).op(Op::LocalGet, kAddress).op(Op::I64Sub);
  code.i64(is64 ? 8 : 4).op(Op::I64LtU).op(Op::I32Or);
  code.begin(Op::If).i64(static_cast<std::int64_t>(kNoPosition)).op(Op::Return).end();
  code.op(Op::GlobalGet, info_.globals.data);
  if (is64) {
    code.load(Op::I64Load, 3, memoryIndex);
  } else {
    code.load(Op::I64Load32U, 2, memoryIndex);
  }
  return add(positionType_, code, "position");
}

std::uint32_t HelperBuilder::addEmit() {
  Code code = body();
  code.op(Op::LocalGet, 0).op(Op::LocalGet, 1).op(Op::LocalGet, 2);
  write(code, kFrameSlot);
  return add(emitType_, code, "emit");
}

std::uint32_t HelperBuilder::addFrameEvent(std::string_view name, std::uint32_t state,
                                           Event event) {
  Code code = body();
  ifState(code, state).i32(number(event)).op(Op::LocalGet, 0).i32(0).op(Op::Call, emit_).end();
  return add(oneType_, code, name);
}

std::uint32_t HelperBuilder::addPassed() {
  Code code = body();
  for (const auto& [state, event] :
       {std::pair(kUnwinding, Event::UnwindPassed), std::pair(kRewinding, Event::RewindPassed)}) {
    ifState(code, state).i32(number(event)).op(Op::LocalGet, 0).op(Op::LocalGet, 1);
    code.op(Op::Call, emit_).end();
  }
  return add(twoType_, code, "passed");
}

// Both stops write the same state, perhaps in the same function: what they stop tells them apart.
// A stop in the normal state, which is an error that the analyzer reports, counts as StopUnwind.
std::uint32_t HelperBuilder::addControl() {
  constexpr std::uint32_t kKind = 1;
  Code code = body(1, kI32);
  const auto setKind = [&](Event event) { code.i32(number(event)).op(Op::LocalSet, kKind).end(); };
  code.i32(number(Event::StopUnwind)).op(Op::LocalSet, kKind);
  code.op(Op::GlobalGet, helpers_.before).i32(kRewinding).op(Op::I32Eq).begin(Op::If);
  setKind(Event::StopRewind);
  ifState(code, kUnwinding);
  setKind(Event::StartUnwind);
  ifState(code, kRewinding);
  setKind(Event::StartRewind);
  code.op(Op::LocalGet, kKind).op(Op::LocalGet, 0).op(Op::GlobalGet, helpers_.before);
  write(code, kControlSlot);
  return add(oneType_, code, "control");
}

void HelperBuilder::addExports() {
  patcher_.addExport(kTableExport, wasm::ExternalKind::Table, helpers_.table);
  patcher_.addExport(kStateExport, wasm::ExternalKind::Global, info_.globals.state);
  patcher_.addExport(kDataExport, wasm::ExternalKind::Global, info_.globals.data);
  if (info_.stackPointer != wasm::kNoIndex) {
    patcher_.addExport(kStackPointerExport, wasm::ExternalKind::Global, info_.stackPointer);
  }
  patcher_.addExport(kMemoryExport, wasm::ExternalKind::Memory, info_.globals.memory);
}

}  // namespace

Helpers appendHelpers(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                      wasm::Patcher& patcher) {
  return HelperBuilder(module, info, patcher).build();
}

}  // namespace asyncscope::probe
