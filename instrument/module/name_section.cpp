#include "instrument/module/name_section.h"

#include "support/byte_reader.h"
#include "support/byte_writer.h"

namespace asyncscope::wasm {
namespace {

constexpr std::uint8_t kFunctionNames = 1;

void writeSubsection(support::ByteWriter& writer, std::span<const std::uint8_t> old,
                     const std::vector<FunctionName>& names) {
  support::ByteReader reader(old);
  const std::uint64_t count = std::uint64_t{reader.leb32()} + names.size();
  support::ByteWriter content;
  content.leb(count);
  content.append(old.subspan(reader.position()));
  for (const auto& [function, name] : names) {
    content.leb(function);
    content.name(name);
  }
  writer.u8(kFunctionNames);
  writer.leb(content.size());
  writer.append(content.span());
}

}  // namespace

std::optional<std::vector<std::uint8_t>> appendFunctionNames(
    const Module& module, const Section& section, const std::vector<FunctionName>& names) {
  support::ByteWriter writer;
  support::ByteReader reader(module.bytes, section.content.begin, section.content.end);
  bool found = false;
  while (!reader.atEnd()) {
    const auto begin = static_cast<std::uint32_t>(reader.position());
    const std::uint8_t id = reader.u8();
    const std::uint32_t size = reader.leb32();
    const auto content = reader.bytes(size);
    if (reader.failed()) {
      return std::nullopt;
    }
    if (id == kFunctionNames && !found && !content.empty()) {
      writeSubsection(writer, content, names);
      found = true;
    } else {
      writer.append(module.slice({begin, static_cast<std::uint32_t>(reader.position())}));
    }
  }
  return found ? std::optional(writer.take()) : std::nullopt;
}

}  // namespace asyncscope::wasm
