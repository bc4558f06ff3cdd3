#include "instrument/source/line_table.h"

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Support/MemoryBuffer.h>

namespace asyncscope::source {
namespace {

constexpr std::uint8_t kAddressSize = 4;

void ignore(llvm::Error error) { llvm::consumeError(std::move(error)); }

llvm::StringRef textOf(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

struct LineTable::Context {
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> sections;
  std::unique_ptr<llvm::DWARFContext> dwarf;
};

LineTable::LineTable(const std::vector<Section>& sections) : context_(std::make_unique<Context>()) {
  for (const Section& section : sections) {
    std::string_view name = section.name;
    if (name.starts_with('.')) name.remove_prefix(1);
    constexpr bool kTerminated = false;
    context_->sections[llvm::StringRef(name.data(), name.size())] =
        llvm::MemoryBuffer::getMemBuffer(textOf(section.bytes), "", kTerminated);
  }
  constexpr bool kLittleEndian = true;
  context_->dwarf =
      llvm::DWARFContext::create(context_->sections, kAddressSize, kLittleEndian, ignore, ignore);
}

LineTable::~LineTable() = default;
LineTable::LineTable(LineTable&&) noexcept = default;
LineTable& LineTable::operator=(LineTable&&) noexcept = default;

std::optional<Place> LineTable::at(std::uint32_t codeOffset) const {
  using Specifier = llvm::DILineInfoSpecifier;
  const llvm::DILineInfo info = context_->dwarf->getLineInfoForAddress(
      {codeOffset, llvm::object::SectionedAddress::UndefSection},
      {Specifier::FileLineInfoKind::RelativeFilePath, Specifier::FunctionNameKind::None});
  if (info.Line == 0 || info.FileName == llvm::DILineInfo::BadString) return std::nullopt;
  return Place{info.FileName, info.Line};
}

}  // namespace asyncscope::source
