#include "tracer/runtime/export_wrappers.h"

#include <algorithm>
#include <map>

#include "instrument/module/instruction.h"
#include "support/byte_writer.h"

namespace asyncscope::runtime {

namespace {

using support::ByteWriter;

constexpr std::string_view kOuter = "outer", kOther = "other", kInner = "inner",
                           kOpenExport = "asyncscope.open";
constexpr std::int64_t kWatchedCalls = 4096;  // of each function, before calls go straight on
constexpr std::uint32_t kOpenGlobal = 0;
constexpr std::uint8_t kI32 = 0x7f, kFunctionForm = 0x60, kMutable = 1, kEmptyBlock = 0x40;

enum Op : std::uint8_t {
  kIf = 0x04,
  kEnd = 0x0b,
  kReturnCall = 0x12,
  kLocalGet = 0x20,
  kGlobalGet = 0x23,
  kGlobalSet = 0x24,
  kI32Const = 0x41,
  kI32Eqz = 0x45,
  kI32Sub = 0x6b
};

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
  constexpr std::uint8_t kFuncRefCode = 0x70, kExternRefCode = 0x6f;
  ByteWriter out;
  out.u8(kFunctionForm);
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

// Whether the function can be of interest while another call is suspended: it calls, or touches
// memory. What only moves globals (stackSave, stackRestore) is called too often to be looked at.
bool doesSomething(const wasm::Module& module, std::uint32_t function) {
  wasm::InstructionReader reader(module, function);
  wasm::Instruction instruction;
  while (reader.next(instruction)) {
    switch (instruction.immediate) {
      case wasm::Immediate::MemArg:
      case wasm::Immediate::MemArgLane:
      case wasm::Immediate::Function:
      case wasm::Immediate::CallIndirect:
      case wasm::Immediate::Memory:
        return true;
      default:
        break;
    }
  }
  return false;
}

bool isControl(const asyncify::AsyncifyInfo& info, std::uint32_t function) {
  return std::any_of(
      info.controls.begin(), info.controls.end(),
      [&](const asyncify::Control& control) { return control.function == function; });
}

struct Wrapped {
  bool maySuspend = false;
  std::uint32_t type = 0;
  std::size_t paramCount = 0;
  std::vector<std::string_view> names;  // the first is also that of the imports
};

void appendSection(ByteWriter& out, wasm::SectionId id, const ByteWriter& content) {
  out.u8(static_cast<std::uint8_t>(id));
  out.leb(content.size());
  out.append(content.span());
}

void appendExport(ByteWriter& out, std::string_view name, std::uint32_t function) {
  out.name(name);
  out.u8(static_cast<std::uint8_t>(wasm::ExternalKind::Function));
  out.leb(function);
}

void appendImport(ByteWriter& out, std::string_view module, const Wrapped& wrapped) {
  out.name(module);
  out.name(wrapped.names.front());
  out.u8(static_cast<std::uint8_t>(wasm::ExternalKind::Function));
  out.leb(wrapped.type);
}

// Function bodies, each preceded by its size.
void appendBody(ByteWriter& out, const ByteWriter& instructions) {
  constexpr std::uint8_t kNoLocals = 0;
  out.leb(1 + instructions.size() + 1);
  out.u8(kNoLocals);
  out.append(instructions.span());
  out.u8(kEnd);
}

void tailCall(ByteWriter& out, std::size_t paramCount, std::size_t function) {
  for (std::size_t i = 0; i < paramCount; ++i) {
    out.u8(kLocalGet);
    out.leb(i);
  }
  out.u8(kReturnCall);
  out.leb(function);
}

// $run in the header.
ByteWriter gate(std::size_t paramCount, std::size_t outer, std::size_t inner, std::size_t watched) {
  ByteWriter out;
  const auto op = [&out](Op code, std::uint64_t immediate) {
    out.u8(code);
    out.leb(immediate);
  };
  op(kGlobalGet, kOpenGlobal);
  op(kIf, kEmptyBlock);
  op(kGlobalGet, watched);
  out.u8(kI32Eqz);
  op(kIf, kEmptyBlock);
  tailCall(out, paramCount, inner);
  out.u8(kEnd);
  op(kGlobalGet, watched);
  op(kI32Const, 1);
  out.u8(kI32Sub);
  op(kGlobalSet, watched);
  out.u8(kEnd);
  tailCall(out, paramCount, outer);
  return out;
}

// Indices of functions: the outer ones, the inner ones, $set, the gates. Of globals: $open, then
// one for each function.
void appendGates(ByteWriter& functions, ByteWriter& globals, ByteWriter& exports, ByteWriter& code,
                 const std::vector<Wrapped>& wrapped, std::uint32_t setType) {
  const auto count = static_cast<std::uint32_t>(wrapped.size());
  const auto appendGlobal = [&globals](std::int64_t value) {
    globals.u8(kI32);
    globals.u8(kMutable);
    globals.u8(kI32Const);
    globals.signedLeb(value);
    globals.u8(kEnd);
  };
  functions.leb(count + 1);
  globals.leb(count + 1);
  code.leb(count + 1);

  functions.leb(setType);
  appendGlobal(0);
  ByteWriter set;
  set.u8(kLocalGet);
  set.leb(0);
  set.u8(kGlobalSet);
  set.leb(kOpenGlobal);
  appendBody(code, set);
  appendExport(exports, kOpenExport, 2 * count);

  for (std::uint32_t i = 0; i < count; ++i) {
    functions.leb(wrapped[i].type);
    appendGlobal(kWatchedCalls);
    appendBody(code, gate(wrapped[i].paramCount, i, count + i, kOpenGlobal + 1 + i));
    for (const std::string_view name : wrapped[i].names) {
      appendExport(exports, name, 2 * count + 1 + i);
    }
  }
}

}  // namespace

std::vector<std::uint8_t> exportWrappers(const wasm::Module& module,
                                         const asyncify::AsyncifyInfo& info, bool tailCalls) {
  if (isDynamicallyLinked(module)) return {};
  std::map<std::vector<std::uint8_t>, std::uint32_t> types;
  std::vector<const std::vector<std::uint8_t>*> typesInOrder;
  const auto typeNumber = [&](std::vector<std::uint8_t> bytes) {
    const auto [entry, isNew] =
        types.try_emplace(std::move(bytes), static_cast<std::uint32_t>(types.size()));
    if (isNew) typesInOrder.push_back(&entry->first);
    return entry->second;
  };
  std::vector<Wrapped> wrapped;
  std::map<std::uint32_t, std::size_t> placeOf;  // by function index
  for (const wasm::Export& exported : module.exports) {
    if (exported.kind != wasm::ExternalKind::Function) continue;
    const asyncify::FunctionInfo* function = info.function(exported.index);
    const bool maySuspend = function != nullptr && function->maySuspend;
    if (function != nullptr && function->runtime) continue;
    if (module.functions[exported.index].isImported() || isControl(info, exported.index)) continue;
    if (!maySuspend && !doesSomething(module, exported.index)) continue;
    const wasm::FunctionType type = module.functionType(exported.index);
    if (!isWrappable(type)) continue;
    const auto [place, isNew] = placeOf.try_emplace(exported.index, wrapped.size());
    if (isNew) {
      wrapped.push_back({maySuspend, typeNumber(typeBytes(type)), type.params.size(), {}});
    }
    wrapped[place->second].names.push_back(exported.name);
  }
  if (wrapped.empty()) return {};
  const std::uint32_t setType = typeNumber({kFunctionForm, 1, kI32, 0});

  std::size_t exportCount = tailCalls ? 1 : 0;
  for (const Wrapped& wrapper : wrapped) exportCount += wrapper.names.size();
  ByteWriter typeSection, imports, functions, globals, exports, code;
  typeSection.leb(typesInOrder.size());
  for (const auto* bytes : typesInOrder) typeSection.append(*bytes);
  imports.leb(wrapped.size() * (tailCalls ? 2 : 1));
  for (const Wrapped& wrapper : wrapped) {
    appendImport(imports, wrapper.maySuspend ? kOuter : kOther, wrapper);
  }
  exports.leb(exportCount);
  if (tailCalls) {
    for (const Wrapped& wrapper : wrapped) appendImport(imports, kInner, wrapper);
    appendGates(functions, globals, exports, code, wrapped, setType);
  } else {
    for (std::uint32_t i = 0; i < wrapped.size(); ++i) {
      for (const std::string_view name : wrapped[i].names) appendExport(exports, name, i);
    }
  }

  ByteWriter out;
  constexpr std::uint8_t kPreamble[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  out.append(kPreamble);
  appendSection(out, wasm::SectionId::Type, typeSection);
  appendSection(out, wasm::SectionId::Import, imports);
  if (tailCalls) {
    appendSection(out, wasm::SectionId::Function, functions);
    appendSection(out, wasm::SectionId::Global, globals);
  }
  appendSection(out, wasm::SectionId::Export, exports);
  if (tailCalls) appendSection(out, wasm::SectionId::Code, code);
  return out.take();
}

}  // namespace asyncscope::runtime
