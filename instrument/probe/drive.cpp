#include "instrument/probe/drive.h"

#include <array>
#include <string>

#include "instrument/probe/code.h"
#include "instrument/probe/probe.h"

namespace asyncscope::probe {
namespace {

namespace Op = wasm::Op;

void addDriveFunction(const asyncify::AsyncifyInfo& info, const Helpers& helpers,
                      wasm::Patcher& patcher) {
  constexpr std::uint32_t kState = 0, kData = 1, kDataAfter = 2;
  const wasm::ValueType pointer = info.globals.pointer64 ? wasm::kI64 : wasm::kI32;
  const std::uint32_t type = patcher.addType(std::array{wasm::kI32, pointer, pointer}, {});
  // Its own index is the one after the last helper.
  const std::uint32_t self = helpers.control + 1;
  Code code;
  code.raw().leb(0);  // no locals
  code.op(Op::GlobalGet, info.globals.state).op(Op::GlobalSet, helpers.before);
  code.op(Op::LocalGet, kState).op(Op::GlobalSet, info.globals.state);
  code.op(Op::LocalGet, kData).op(Op::GlobalSet, info.globals.data);
  code.i32(self).op(Op::Call, helpers.control);
  code.op(Op::LocalGet, kDataAfter).op(Op::GlobalSet, info.globals.data);
  const std::uint32_t function = patcher.addFunction(type, code.end().span());
  patcher.nameFunction(function, kDriveExport);
  patcher.addExport(kDriveExport, wasm::ExternalKind::Function, function);
}

}  // namespace

void appendDrive(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                 const Helpers& helpers, wasm::Patcher& patcher) {
  addDriveFunction(info, helpers, patcher);
  for (std::uint32_t i = 0; i < module.globals.size(); ++i) {
    const wasm::Global& global = module.globals[i];
    if (!global.isMutable || !global.type.isNumber()) continue;
    if (i == info.globals.state || i == info.globals.data) continue;
    patcher.addExport(std::string(kGlobalExports) + std::to_string(i), wasm::ExternalKind::Global,
                      i);
  }
  for (std::uint32_t i = 0; i < module.tables.size(); ++i) {
    patcher.addExport(std::string(kTableExports) + std::to_string(i), wasm::ExternalKind::Table, i);
  }
}

}  // namespace asyncscope::probe
