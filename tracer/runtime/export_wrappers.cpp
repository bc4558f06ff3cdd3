#include "tracer/runtime/export_wrappers.h"

#include <algorithm>
#include <map>

#include "support/byte_writer.h"

namespace asyncscope::runtime {

namespace {

using support::ByteWriter;

bool isDynamicallyLinked(const wasm::Module& module) {
  if (module.isDynamicLibrary() || module.importedTableCount != 0) return true;
  return std::any_of(module.imports.begin(), module.imports.end(), [](const wasm::Import& import) {
    return import.module == "GOT.mem" || import.module == "GOT.func";
  });
}

bool isWrappable(const wasm::ValueType& type) {
  return type.isNumber() || type == wasm::kFuncRef || type == wasm::kExternRef;
}

bool isWrappable(const wasm::FunctionType& type) {
  const auto wrappable = [](const wasm::ValueType& value) { return isWrappable(value); };
  return std::all_of(type.params.begin(), type.params.end(), wrappable) &&
         std::all_of(type.results.begin(), type.results.end(), wrappable);
}

// The bytes of a function type, which serve to find equal ones.
std::vector<std::uint8_t> typeBytes(const wasm::FunctionType& type) {
  constexpr std::uint8_t kFunction = 0x60, kFuncRefCode = 0x70, kExternRefCode = 0x6f;
  ByteWriter out;
  out.u8(kFunction);
  for (const auto values : {type.params, type.results}) {
    out.leb(values.size());
    for (const wasm::ValueType& value : values) {
      if (value.isNumber()) {
        out.u8(static_cast<std::uint8_t>(value.kind));
      } else {
        out.u8(value == wasm::kFuncRef ? kFuncRefCode : kExternRefCode);
      }
    }
  }
  return out.take();
}

struct Wrapped {
  std::uint32_t type = 0;
  std::vector<std::string_view> names;  // the first is also that of the import
};

void appendSection(ByteWriter& out, wasm::SectionId id, const ByteWriter& content) {
  out.u8(static_cast<std::uint8_t>(id));
  out.leb(content.size());
  out.append(content.span());
}

}  // namespace

std::vector<std::uint8_t> exportWrappers(const wasm::Module& module,
                                         const asyncify::AsyncifyInfo& info) {
  if (isDynamicallyLinked(module)) return {};
  std::map<std::vector<std::uint8_t>, std::uint32_t> types;
  std::vector<const std::vector<std::uint8_t>*> typesInOrder;
  std::map<std::uint32_t, Wrapped> wrapped;  // by function index
  for (const wasm::Export& exported : module.exports) {
    if (exported.kind != wasm::ExternalKind::Function) continue;
    const asyncify::FunctionInfo* function = info.function(exported.index);
    if (function == nullptr || !function->maySuspend || function->runtime) continue;
    const wasm::FunctionType type = module.functionType(exported.index);
    if (!isWrappable(type)) continue;
    const auto [entry, isNew] =
        types.try_emplace(typeBytes(type), static_cast<std::uint32_t>(types.size()));
    if (isNew) typesInOrder.push_back(&entry->first);
    Wrapped& wrapper = wrapped[exported.index];
    wrapper.type = entry->second;
    wrapper.names.push_back(exported.name);
  }
  if (wrapped.empty()) return {};

  ByteWriter typeSection, importSection, exportSection;
  typeSection.leb(typesInOrder.size());
  for (const auto* bytes : typesInOrder) typeSection.append(*bytes);
  std::size_t exportCount = 0;
  importSection.leb(wrapped.size());
  for (const auto& [index, wrapper] : wrapped) {
    importSection.name("");
    importSection.name(wrapper.names.front());
    importSection.u8(static_cast<std::uint8_t>(wasm::ExternalKind::Function));
    importSection.leb(wrapper.type);
    exportCount += wrapper.names.size();
  }
  exportSection.leb(exportCount);
  std::uint32_t number = 0;
  for (const auto& [index, wrapper] : wrapped) {
    for (const std::string_view name : wrapper.names) {
      exportSection.name(name);
      exportSection.u8(static_cast<std::uint8_t>(wasm::ExternalKind::Function));
      exportSection.leb(number);
    }
    ++number;
  }

  ByteWriter out;
  constexpr std::uint8_t kPreamble[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  out.append(kPreamble);
  appendSection(out, wasm::SectionId::Type, typeSection);
  appendSection(out, wasm::SectionId::Import, importSection);
  appendSection(out, wasm::SectionId::Export, exportSection);
  return out.take();
}

}  // namespace asyncscope::runtime
