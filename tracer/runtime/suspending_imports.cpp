#include "tracer/runtime/suspending_imports.h"

#include <algorithm>

#include "support/byte_writer.h"

namespace asyncscope::runtime {

namespace {

enum class Result : std::uint32_t { None, Number, Int64, Other };

Result resultOf(const wasm::FunctionType& type) {
  if (type.results.empty()) return Result::None;
  if (type.results.size() > 1 || !type.results[0].isNumber()) return Result::Other;
  return type.results[0] == wasm::kI64 ? Result::Int64 : Result::Number;
}

void writeText(support::ByteWriter& out, std::string_view text) {
  out.u32(static_cast<std::uint32_t>(text.size()));
  out.append({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

std::vector<std::uint8_t> suspendingImports(const wasm::Module& module,
                                            const asyncify::AsyncifyInfo& info) {
  support::ByteWriter out;
  out.u32(static_cast<std::uint32_t>(info.suspendingImports.size()));
  for (const wasm::Import& import : module.imports) {
    if (import.kind != wasm::ExternalKind::Function) continue;
    if (std::find(info.suspendingImports.begin(), info.suspendingImports.end(), import.index) ==
        info.suspendingImports.end()) {
      continue;
    }
    const wasm::FunctionType type = module.functionType(import.index);
    out.u32(import.index);
    out.u32(static_cast<std::uint32_t>(type.params.size()));
    out.u32(static_cast<std::uint32_t>(resultOf(type)));
    writeText(out, import.module);
    writeText(out, import.name);
  }
  return out.take();
}

}  // namespace asyncscope::runtime
