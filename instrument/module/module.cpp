#include "instrument/module/module.h"

#include <algorithm>

#include "support/byte_reader.h"

namespace asyncscope::wasm {
namespace {

// Subsections of the name section that are read here.
constexpr std::uint8_t kModuleName = 0;
constexpr std::uint8_t kFunctionNames = 1;
constexpr std::uint8_t kGlobalNames = 7;

// Like ByteReader::name(), but bad UTF-8 only voids that one name, as in engines.
std::string_view lenientName(support::ByteReader& reader) {
  const auto text = reader.bytes(reader.leb32());
  if (!support::isUtf8(text)) {
    return {};
  }
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

// The range of a subsection of the name section; empty when there is none.
Range nameSubsection(const Module& module, std::uint8_t id) {
  const Section* section = module.customSection("name");
  if (section == nullptr) {
    return {};
  }
  support::ByteReader reader(module.bytes, section->content.begin, section->content.end);
  while (!reader.atEnd()) {
    const std::uint8_t found = reader.u8();
    const std::uint32_t size = reader.leb32();
    const auto begin = static_cast<std::uint32_t>(reader.position());
    reader.skip(size);
    if (found == id && !reader.failed()) {
      return {begin, begin + size};
    }
  }
  return {};
}

std::vector<std::string_view> nameMap(const Module& module, std::uint8_t id, std::size_t size) {
  std::vector<std::string_view> names(size);
  const Range range = nameSubsection(module, id);
  support::ByteReader reader(module.bytes, range.begin, range.end);
  const std::uint32_t count = reader.leb32();
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
    const std::uint32_t index = reader.leb32();
    const std::string_view name = lenientName(reader);
    if (index < names.size() && !reader.failed()) {
      names[index] = name;
    }
  }
  return names;
}

}  // namespace

FunctionType Module::signature(std::uint32_t type) const {
  const Type& entry = types[type];
  const std::span<const ValueType> values(typeValues);
  return {values.subspan(entry.firstValue, entry.paramCount),
          values.subspan(entry.firstValue + entry.paramCount, entry.resultCount)};
}

FunctionType Module::functionType(std::uint32_t function) const {
  return signature(functions[function].type);
}

std::vector<LocalGroup> Module::localGroups(std::uint32_t function) const {
  const Function& entry = functions[function];
  std::vector<LocalGroup> groups;
  support::ByteReader reader(bytes, entry.body.begin, entry.code.begin);
  const std::uint32_t count = reader.leb32();
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
    LocalGroup group;
    group.count = reader.leb32();
    group.type = readValueType(reader, static_cast<std::uint32_t>(types.size()));
    groups.push_back(group);
  }
  return groups;
}

ValueType Module::localType(std::uint32_t function, std::uint32_t local) const {
  const auto params = functionType(function).params;
  if (local < params.size()) {
    return params[local];
  }
  std::uint64_t rest = local - params.size();
  for (const LocalGroup& group : localGroups(function)) {
    if (rest < group.count) {
      return group.type;
    }
    rest -= group.count;
  }
  return {};
}

std::uint64_t Module::totalLocals(std::uint32_t function) const {
  return std::uint64_t{types[functions[function].type].paramCount} + functions[function].localCount;
}

std::uint32_t Module::functionAt(std::uint32_t offset) const {
  const auto first = functions.begin() + importedFunctionCount;
  const auto after =
      std::upper_bound(first, functions.end(), offset,
                       [](std::uint32_t at, const Function& entry) { return at < entry.entry; });
  if (after == first || offset >= (after - 1)->body.end) {
    return kNoIndex;
  }
  return static_cast<std::uint32_t>(after - 1 - functions.begin());
}

const Section* Module::section(SectionId id) const {
  const auto found =
      std::find_if(sections.begin(), sections.end(), [&](const Section& s) { return s.id == id; });
  return found == sections.end() ? nullptr : &*found;
}

const Section* Module::customSection(std::string_view name) const {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const Section& s) {
    return s.id == SectionId::Custom && s.name == name;
  });
  return found == sections.end() ? nullptr : &*found;
}

const Export* Module::findExport(std::string_view name, ExternalKind kind) const {
  const auto found = std::find_if(exports.begin(), exports.end(), [&](const Export& e) {
    return e.kind == kind && e.name == name;
  });
  return found == exports.end() ? nullptr : &*found;
}

bool Module::isDynamicLibrary() const {
  return customSection("dylink.0") != nullptr || customSection("dylink") != nullptr;
}

std::vector<std::string_view> Module::functionNames() const {
  return nameMap(*this, kFunctionNames, functions.size());
}

std::vector<std::string_view> Module::globalNames() const {
  return nameMap(*this, kGlobalNames, globals.size());
}

std::string_view Module::moduleName() const {
  const Range range = nameSubsection(*this, kModuleName);
  support::ByteReader reader(bytes, range.begin, range.end);
  const std::string_view name = range.empty() ? std::string_view() : lenientName(reader);
  return reader.failed() ? std::string_view() : name;
}

}  // namespace asyncscope::wasm
