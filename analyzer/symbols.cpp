#include "analyzer/symbols.h"

#include <algorithm>
#include <charconv>

namespace asyncscope::analyzer {
namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string unescape(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 &&
        hexDigit(text[i + 2]) >= 0) {
      name += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
      i += 2;
    } else {
      name += text[i];
    }
  }
  return name;
}

}  // namespace

support::Result<Symbols> readSymbolMap(std::string_view text) {
  Symbols symbols;
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t end = std::min(text.find('\n', offset), text.size());
    std::string_view line = text.substr(offset, end - offset);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty()) {
      std::uint32_t index = 0;
      const auto [after, error] = std::from_chars(line.data(), line.data() + line.size(), index);
      if (error != std::errc{} || after == line.data() + line.size() || *after != ':') {
        return support::fail("not a symbol map: a line is not INDEX:NAME", offset,
                             "give the file that emcc --emit-symbol-map wrote");
      }
      symbols[index] = unescape(line.substr(static_cast<std::size_t>(after - line.data()) + 1));
    }
    offset = end + 1;
  }
  return symbols;
}

void applySymbols(const Symbols& symbols, record::Trace& trace) {
  for (record::TracedModule& module : trace.modules) {
    if (module.table.hasNames) continue;
    for (record::FunctionEntry& function : module.table.functions) {
      const auto symbol = symbols.find(function.index);
      if (symbol != symbols.end()) function.name = symbol->second;
    }
  }
}

}  // namespace asyncscope::analyzer
