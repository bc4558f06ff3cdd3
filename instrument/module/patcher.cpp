#include "instrument/module/patcher.h"

#include <algorithm>

#include "instrument/module/instruction.h"
#include "instrument/module/patch_assembler.h"
#include "support/text.h"

namespace asyncscope::wasm {
namespace {

bool sameTypes(std::span<const ValueType> a, std::span<const ValueType> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// Whether a type stands alone in its recursion group, is final and has no supertype: only then is
// it the same type as a plain function type of the same shape.
bool isPlain(const Module& module, std::size_t index) {
  const Type& type = module.types[index];
  const auto sameGroup = [&](std::size_t other) {
    return other < module.types.size() && module.types[other].group == type.group;
  };
  return type.form == TypeForm::Function && type.final && type.supertype == kNoIndex &&
         !(index > 0 && sameGroup(index - 1)) && !sameGroup(index + 1);
}

constexpr std::uint8_t kFunctionType = 0x60;

}  // namespace

Patcher::Patcher(const Module& module) : module_(module) {}

void Patcher::misuse(std::string message, std::optional<std::uint64_t> offset) {
  if (!misuse_) {
    misuse_ = support::Error{std::move(message), offset, {}};
  }
}

bool Patcher::checkDefined(std::uint32_t function) {
  if (function >= module_.functions.size() || module_.functions[function].isImported()) {
    misuse("function " + std::to_string(function) + " has no body to patch");
    return false;
  }
  return true;
}

void Patcher::checkIndex(std::uint64_t index, std::uint64_t limit, std::string_view what) {
  if (index >= limit) {
    misuse(std::string(what) + " " + std::to_string(index) + " does not exist");
  }
}

void Patcher::insert(std::uint32_t function, std::uint32_t offset,
                     std::span<const std::uint8_t> bytes) {
  addEdit(function, {offset, offset}, bytes);
}

void Patcher::replace(std::uint32_t function, Range range, std::span<const std::uint8_t> bytes) {
  addEdit(function, range, bytes);
}

void Patcher::addEdit(std::uint32_t function, Range range, std::span<const std::uint8_t> bytes) {
  if (!checkDefined(function)) {
    return;
  }
  const Range code = module_.functions[function].code;
  if (!code.contains(range.begin) || range.end > code.end || range.end < range.begin) {
    misuse("a patch outside of the code of function " + std::to_string(function), range.begin);
    return;
  }
  if (range.empty() && bytes.empty()) {
    return;
  }
  if (bytes.size() > 0xFFFFFFFF) {
    misuse("a patch of more than 4 GiB", range.begin);
    return;
  }
  edits_.push_back(
      {range.begin, range.end, function, static_cast<std::uint32_t>(bytes.size()), arena_.size()});
  arena_.insert(arena_.end(), bytes.begin(), bytes.end());
}

std::uint32_t Patcher::appendLocals(std::uint32_t function, ValueType type, std::uint32_t count) {
  if (!checkDefined(function)) {
    return 0;
  }
  if (appendedLocals_.empty()) {
    appendedLocals_.resize(module_.functions.size());
  }
  std::uint32_t& appended = appendedLocals_[function];
  const std::uint64_t first = module_.totalLocals(function) + appended;
  if (first + count > 0xFFFFFFFF) {
    misuse("too many locals in function " + std::to_string(function));
    return 0;
  }
  appended += count;
  if (!localsEdits_.empty() && localsEdits_.back().function == function &&
      localsEdits_.back().type == type) {
    localsEdits_.back().count += count;
  } else if (count != 0) {
    localsEdits_.push_back({function, count, type});
  }
  return static_cast<std::uint32_t>(first);
}

std::uint32_t Patcher::addType(std::span<const ValueType> params,
                               std::span<const ValueType> results) {
  for (std::size_t i = 0; i < module_.types.size(); ++i) {
    if (isPlain(module_, i)) {
      const FunctionType type = module_.signature(static_cast<std::uint32_t>(i));
      if (sameTypes(type.params, params) && sameTypes(type.results, results)) {
        return static_cast<std::uint32_t>(i);
      }
    }
  }
  for (std::size_t i = 0; i < addedTypes_.size(); ++i) {
    if (sameTypes(addedTypes_[i].params, params) && sameTypes(addedTypes_[i].results, results)) {
      return static_cast<std::uint32_t>(module_.types.size() + i);
    }
  }
  Addition& types = addition(SectionId::Type);
  ++types.count;
  types.bytes.u8(kFunctionType);
  for (const auto& values : {params, results}) {
    types.bytes.leb(values.size());
    for (const ValueType& value : values) {
      writeValueType(types.bytes, value);
    }
  }
  addedTypes_.push_back({{params.begin(), params.end()}, {results.begin(), results.end()}});
  return static_cast<std::uint32_t>(typeCount() - 1);
}

std::uint32_t Patcher::addFunction(std::uint32_t type, std::span<const std::uint8_t> body) {
  checkIndex(type, typeCount(), "type");
  if (type < module_.types.size() && module_.types[type].form != TypeForm::Function) {
    misuse("type " + std::to_string(type) + " is not of a function");
  }
  Addition& functions = addition(SectionId::Function);
  ++functions.count;
  functions.bytes.leb(type);
  Addition& bodies = addition(SectionId::Code);
  ++bodies.count;
  bodies.bytes.leb(body.size());
  bodies.bytes.append(body);
  return static_cast<std::uint32_t>(functionCount() - 1);
}

void Patcher::nameFunction(std::uint32_t function, std::string_view name) {
  checkIndex(function, functionCount(), "function");
  if (function < module_.functions.size() ||
      (!functionNames_.empty() && function <= functionNames_.back().first)) {
    misuse("a name for function " + std::to_string(function) +
           ", which was not added, or out of order");
    return;
  }
  functionNames_.emplace_back(function, name);
}

std::uint32_t Patcher::addGlobal(ValueType type, bool isMutable,
                                 std::span<const std::uint8_t> init) {
  Addition& globals = addition(SectionId::Global);
  ++globals.count;
  writeValueType(globals.bytes, type);
  globals.bytes.u8(isMutable ? 1 : 0);
  globals.bytes.append(init);
  return static_cast<std::uint32_t>(globalCount() - 1);
}

std::uint32_t Patcher::addTable(ValueType element, std::uint32_t minimum,
                                std::optional<std::uint32_t> maximum) {
  if (!element.isReference() || !element.nullable) {
    misuse("a table of " + toString(element) + " needs initial values");
  }
  Addition& tables = addition(SectionId::Table);
  ++tables.count;
  writeValueType(tables.bytes, element);
  tables.bytes.u8(maximum ? 1 : 0);
  tables.bytes.leb(minimum);
  if (maximum) {
    tables.bytes.leb(*maximum);
  }
  return static_cast<std::uint32_t>(tableCount() - 1);
}

void Patcher::addExport(std::string_view name, ExternalKind kind, std::uint32_t index) {
  const auto taken = [&](const auto& other) { return other == name; };
  if (std::any_of(module_.exports.begin(), module_.exports.end(),
                  [&](const Export& other) { return other.name == name; }) ||
      std::any_of(addedExports_.begin(), addedExports_.end(), taken)) {
    misuse("there is already an export " + support::quoted(name));
  }
  switch (kind) {
    case ExternalKind::Function:
      checkIndex(index, functionCount(), "function");
      break;
    case ExternalKind::Table:
      checkIndex(index, tableCount(), "table");
      break;
    case ExternalKind::Memory:
      checkIndex(index, module_.memories.size(), "memory");
      break;
    case ExternalKind::Global:
      checkIndex(index, globalCount(), "global");
      break;
    case ExternalKind::Tag:
      checkIndex(index, module_.tags.size(), "tag");
      break;
  }
  addedExports_.emplace_back(name);
  Addition& exports = addition(SectionId::Export);
  ++exports.count;
  exports.bytes.name(name);
  exports.bytes.u8(static_cast<std::uint8_t>(kind));
  exports.bytes.leb(index);
}

std::uint32_t Patcher::addElementSegment(std::uint32_t table, std::uint32_t offset,
                                         std::span<const std::uint32_t> functions) {
  checkIndex(table, tableCount(), "table");
  Addition& elements = addition(SectionId::Element);
  ++elements.count;
  support::ByteWriter& bytes = elements.bytes;
  // The short form of a segment means table 0.
  bytes.leb(table == 0 ? 0 : 2);
  if (table != 0) {
    bytes.leb(table);
  }
  if (table < module_.tables.size() && module_.tables[table].limits.is64) {
    bytes.leb(Op::I64Const);
    bytes.signedLeb(offset);
  } else {
    bytes.leb(Op::I32Const);
    bytes.signedLeb(static_cast<std::int32_t>(offset));
  }
  bytes.leb(Op::End);
  if (table != 0) {
    bytes.u8(0);  // the elements are functions
  }
  appendFunctionList(bytes, functions);
  return static_cast<std::uint32_t>(module_.elements.size() + elements.count - 1);
}

std::uint32_t Patcher::addDeclarativeSegment(std::span<const std::uint32_t> functions) {
  Addition& elements = addition(SectionId::Element);
  ++elements.count;
  elements.bytes.leb(3);
  elements.bytes.u8(0);  // the elements are functions
  appendFunctionList(elements.bytes, functions);
  return static_cast<std::uint32_t>(module_.elements.size() + elements.count - 1);
}

void Patcher::appendFunctionList(support::ByteWriter& writer,
                                 std::span<const std::uint32_t> functions) {
  writer.leb(functions.size());
  for (std::uint32_t function : functions) {
    checkIndex(function, functionCount(), "function");
    writer.leb(function);
  }
}

bool Patcher::hasEdits() const {
  return !edits_.empty() || !localsEdits_.empty() ||
         std::any_of(additions_.begin(), additions_.end(),
                     [](const Addition& addition) { return addition.count != 0; });
}

support::Result<Patched> Patcher::finish() {
  if (misuse_) {
    return tl::unexpected(*misuse_);
  }
  return PatchAssembler(*this).assemble();
}

}  // namespace asyncscope::wasm
