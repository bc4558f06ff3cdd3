#include "tracer/runtime/stress_section.h"

#include <algorithm>

#include "support/byte_writer.h"

namespace asyncscope::runtime {
namespace {

using support::ByteWriter;

constexpr std::uint8_t kNoNumber = 0x6f;
constexpr std::uint32_t kInternalControl = 1, kSharedMemory = 2;

// A frame saves a call index and some of its locals; which ones is not always known.
std::uint64_t largestRecord(const wasm::Module& module, const asyncify::AsyncifyInfo& info) {
  constexpr std::uint64_t kCallIndex = 4, kLargestLocal = 16;
  std::uint64_t largest = 0;
  for (const asyncify::FunctionInfo& function : info.functions) {
    if (!function.instrumented) continue;
    const std::uint64_t bytes =
        function.recordBytes != 0 ? function.recordBytes
                                  : kCallIndex + kLargestLocal * module.totalLocals(function.index);
    largest = std::max(largest, bytes);
  }
  return largest;
}

void writeImports(const wasm::Module& module, const asyncify::AsyncifyInfo& info, ByteWriter& out) {
  out.leb(module.importedFunctionCount);
  for (const wasm::Import& import : module.imports) {
    if (import.kind != wasm::ExternalKind::Function) continue;
    out.name(import.module);
    out.name(import.name);
    out.u8(std::binary_search(info.suspendingImports.begin(), info.suspendingImports.end(),
                              import.index)
               ? 1
               : 0);
    const wasm::FunctionType type = module.functionType(import.index);
    out.leb(type.params.size());
    out.leb(type.results.size());
    for (const wasm::ValueType& result : type.results) {
      out.u8(result.isNumber() ? static_cast<std::uint8_t>(result.kind) : kNoNumber);
    }
  }
}

void writeDataSegments(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                       ByteWriter& out) {
  const auto placed = [&](const wasm::DataSegment& segment) {
    return segment.mode == wasm::SegmentMode::Active && segment.memory == info.globals.memory &&
           segment.offset.isInteger();
  };
  out.leb(
      static_cast<std::uint64_t>(std::count_if(module.data.begin(), module.data.end(), placed)));
  for (const wasm::DataSegment& segment : module.data) {
    if (!placed(segment)) continue;
    const auto address = static_cast<std::uint64_t>(segment.offset.value);
    out.leb(info.globals.pointer64 ? address : address & 0xffffffff);
    out.leb(segment.bytes.size());
  }
}

}  // namespace

std::vector<std::uint8_t> stressSection(const wasm::Module& module,
                                        const asyncify::AsyncifyInfo& info,
                                        const std::vector<record::OffsetEntry>& offsets) {
  const bool internal = std::any_of(info.functions.begin(), info.functions.end(),
                                    [](const auto& function) { return function.runtime; });
  ByteWriter out;
  out.leb((internal ? kInternalControl : 0) |
          (module.memories[info.globals.memory].limits.shared ? kSharedMemory : 0));
  out.leb(largestRecord(module, info));
  writeImports(module, info, out);
  writeDataSegments(module, info, out);
  out.leb(offsets.size());
  for (const record::OffsetEntry& entry : offsets) {
    out.leb(entry.probed);
    out.leb(entry.original);
  }
  return out.take();
}

}  // namespace asyncscope::runtime
