// Makes a new module from an old one by insertions and additions; copies everything else.
//
// Guarantees:
// - With no edits the result is the input, byte for byte. With edits, only the bytes asked for, and
//   the sizes and counts that enclose them, differ; those come out in their shortest form.
// - Nothing is renumbered: additions get the next free index of their space.
// - Offsets in metadata.code.* sections (branch hints) are moved along. All else that holds code
//   offsets (DWARF, source maps, reloc.*) and the name section stay as they are: map the offsets of
//   the new module back through the OffsetMap, and the old tables hold.
//
//   original   … | size | locals | a b c d e | size | …            insert "xy" at d
//   patched    … | size'| locals | a b c x y d e | size | …        map: x, y, d → d
//
// Edits may come in any order; they are fastest in file order. The module must outlive the patcher.
// A misuse (an offset outside of the function, overlapping replacements) is remembered and reported
// by finish().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "instrument/module/module.h"
#include "instrument/module/offset_map.h"
#include "support/byte_writer.h"
#include "support/result.h"

namespace asyncscope::wasm {

struct Patched {
  std::vector<std::uint8_t> bytes;
  OffsetMap offsets;
};

class Patcher {
 public:
  explicit Patcher(const Module& module);

  // --- Inside the body of a defined function -----------------------------------------------------

  // Puts bytes before the byte at offset, which must lie in the function's code (the offset of the
  // closing end included). Several insertions at one offset come out in the order of the calls.
  void insert(std::uint32_t function, std::uint32_t offset, std::span<const std::uint8_t> bytes);

  // Puts bytes in the place of a range of the function's code. Insertions at range.begin come
  // before them when made earlier; replacements must not overlap, nor enclose an insertion.
  void replace(std::uint32_t function, Range range, std::span<const std::uint8_t> bytes);

  // Declares count more locals of that type; returns the index of the first.
  std::uint32_t appendLocals(std::uint32_t function, ValueType type, std::uint32_t count = 1);

  // --- Added at the end of an index space; each returns the new index ----------------------------

  // Returns an equal function type where there is one.
  std::uint32_t addType(std::span<const ValueType> params, std::span<const ValueType> results);

  // body: the local declarations and the instructions with their end, without the size.
  std::uint32_t addFunction(std::uint32_t type, std::span<const std::uint8_t> body);

  // Names a function that addFunction() has added; in ascending order. Without effect where the
  // functions of the module have no names.
  void nameFunction(std::uint32_t function, std::string_view name);

  // init: a constant expression with its end.
  std::uint32_t addGlobal(ValueType type, bool isMutable, std::span<const std::uint8_t> init);

  // A table of a nullable reference type.
  std::uint32_t addTable(ValueType element, std::uint32_t minimum,
                         std::optional<std::uint32_t> maximum = std::nullopt);

  // An export name must not exist yet; that is reported by finish().
  void addExport(std::string_view name, ExternalKind kind, std::uint32_t index);

  // An active segment of functions at a constant offset of a table (32 or 64 bit).
  std::uint32_t addElementSegment(std::uint32_t table, std::uint32_t offset,
                                  std::span<const std::uint32_t> functions);
  // A segment that only declares functions for ref.func.
  std::uint32_t addDeclarativeSegment(std::span<const std::uint32_t> functions);

  // Whether anything was asked for.
  bool hasEdits() const;

  // The new module. The patcher is used up by it.
  support::Result<Patched> finish();

 private:
  friend class PatchAssembler;

  // An insertion (begin == end) or replacement; in original offsets.
  struct Edit {
    std::uint32_t begin;
    std::uint32_t end;
    std::uint32_t function;
    std::uint32_t size;  // of the new bytes,
    std::size_t arena;   // which are in arena_ from here
  };
  struct LocalsEdit {
    std::uint32_t function;
    std::uint32_t count;
    ValueType type;
  };
  struct AddedType {
    std::vector<ValueType> params;
    std::vector<ValueType> results;
  };
  // Elements to be appended to one vector section: how many, and their bytes.
  struct Addition {
    std::uint32_t count = 0;
    support::ByteWriter bytes;
  };

  void addEdit(std::uint32_t function, Range range, std::span<const std::uint8_t> bytes);
  bool checkDefined(std::uint32_t function);
  void checkIndex(std::uint64_t index, std::uint64_t limit, std::string_view what);
  void appendFunctionList(support::ByteWriter& writer, std::span<const std::uint32_t> functions);
  void misuse(std::string message, std::optional<std::uint64_t> offset = std::nullopt);
  Addition& addition(SectionId id) { return additions_[static_cast<std::size_t>(id)]; }
  // How many an index space holds with the additions.
  std::uint64_t typeCount() const { return module_.types.size() + addedTypes_.size(); }
  std::uint64_t functionCount() {
    return module_.functions.size() + addition(SectionId::Function).count;
  }
  std::uint64_t tableCount() { return module_.tables.size() + addition(SectionId::Table).count; }
  std::uint64_t globalCount() { return module_.globals.size() + addition(SectionId::Global).count; }

  const Module& module_;
  std::vector<Edit> edits_;
  std::vector<LocalsEdit> localsEdits_;
  std::vector<std::uint32_t> appendedLocals_;  // by function; empty until the first one
  std::vector<std::uint8_t> arena_;
  std::vector<AddedType> addedTypes_;
  std::vector<std::string> addedExports_;
  std::vector<std::pair<std::uint32_t, std::string>> functionNames_;
  std::array<Addition, 14> additions_;  // by section id
  std::optional<support::Error> misuse_;
};

}  // namespace asyncscope::wasm
