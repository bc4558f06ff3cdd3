#include "instrument/module/number_names.h"

#include <string>

#include "support/byte_writer.h"

namespace asyncscope::wasm {

std::optional<std::vector<std::uint8_t>> withNumbersAsNames(const Module& module) {
  constexpr std::string_view kNameSection = "name";
  constexpr std::uint8_t kFunctionNames = 1;
  if (module.customSection(kNameSection) != nullptr) {
    return std::nullopt;
  }
  support::ByteWriter names;
  const std::size_t imported = module.importedFunctionCount;
  names.leb(module.functions.size() - imported);
  for (std::size_t function = imported; function < module.functions.size(); ++function) {
    names.leb(function);
    names.name(std::to_string(function - imported));
  }
  support::ByteWriter content;
  content.name(kNameSection);
  content.u8(kFunctionNames);
  content.leb(names.size());
  content.append(names.span());
  support::ByteWriter section;
  section.u8(static_cast<std::uint8_t>(SectionId::Custom));
  section.leb(content.size());
  section.append(content.span());
  std::vector<std::uint8_t> bytes(module.bytes.begin(), module.bytes.end());
  bytes.insert(bytes.end(), section.bytes().begin(), section.bytes().end());
  return bytes;
}

}  // namespace asyncscope::wasm
