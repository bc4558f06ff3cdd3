// Source places from the DWARF that a module carries (`emcc -g`).
//
// Guarantees: an offset for which the line table has no row gives nothing; sections that do not
// parse give fewer places, never an error of the caller's: debug information is evidence, not
// input.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asyncscope::source {

struct Place {
  std::string file;  // as the compiler was given it, with its folder where that is relative
  std::uint32_t line = 0;
};

// A custom section of the module: ".debug_line" and its like.
struct Section {
  std::string_view name;
  std::span<const std::uint8_t> bytes;
};

class LineTable {
 public:
  // The bytes must outlive the table.
  explicit LineTable(const std::vector<Section>& sections);
  ~LineTable();
  LineTable(LineTable&&) noexcept;
  LineTable& operator=(LineTable&&) noexcept;

  // `codeOffset`: bytes from the beginning of the code section's content, as DWARF counts in wasm.
  std::optional<Place> at(std::uint32_t codeOffset) const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace asyncscope::source
