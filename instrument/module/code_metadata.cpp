#include "instrument/module/code_metadata.h"

#include "support/byte_reader.h"
#include "support/byte_writer.h"

namespace asyncscope::wasm {

bool isCodeMetadata(const Section& section) {
  return section.id == SectionId::Custom && section.name.starts_with("metadata.code.");
}

std::optional<std::vector<std::uint8_t>> moveCodeMetadata(const Module& module,
                                                          const Section& section,
                                                          const MoveOffset& move) {
  support::ByteReader reader(module.bytes, section.content.begin, section.content.end);
  support::ByteWriter writer;
  const std::uint32_t functions = reader.count(2);
  writer.leb(functions);
  for (std::uint32_t i = 0; i < functions && !reader.failed(); ++i) {
    const std::uint32_t function = reader.leb32();
    if (function >= module.functions.size() || module.functions[function].isImported()) {
      return std::nullopt;
    }
    const std::uint32_t entries = reader.count(2);
    support::ByteWriter moved;
    std::uint32_t kept = 0;
    for (std::uint32_t k = 0; k < entries && !reader.failed(); ++k) {
      const std::uint32_t offset = reader.leb32();
      const auto data = reader.bytes(reader.leb32());
      if (const auto target = move(function, offset)) {
        moved.leb(*target);
        moved.leb(data.size());
        moved.append(data);
        ++kept;
      }
    }
    writer.leb(function);
    writer.leb(kept);
    writer.append(moved.span());
  }
  if (reader.failed() || !reader.atEnd()) {
    return std::nullopt;
  }
  return writer.take();
}

}  // namespace asyncscope::wasm
