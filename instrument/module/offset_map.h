// Where each byte of a patched module came from, and where each byte of the original went.
//
// Engines report offsets of the module that they run; sites, names and debug entries are known by
// offsets of the original. Both directions are binary searches over the runs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "instrument/module/types.h"

namespace asyncscope::wasm {

// A stretch of the patched module, up to the next run's beginning.
struct OffsetRun {
  enum class Kind : std::uint8_t {
    Copied,    // patched + n came from original + n
    Inserted,  // belongs to the instruction that stands at original
    Added,     // comes from nowhere: added functions, new sections, rewritten counts
  };
  std::uint32_t patched = 0;
  std::uint32_t original = 0;
  Kind kind = Kind::Copied;

  bool operator==(const OffsetRun&) const = default;
};

class OffsetMap {
 public:
  OffsetMap() = default;
  // The runs must ascend in both offsets (strictly in the patched one) and begin at 0.
  OffsetMap(std::vector<OffsetRun> runs, std::uint32_t patchedSize);

  // The offset in the original module; inserted bytes answer with the instruction they precede.
  // Nothing for what was added, and beyond the end.
  std::optional<std::uint32_t> toOriginal(std::uint32_t patched) const;
  // Where a byte of the original went. Nothing for what was replaced, and beyond the end.
  std::optional<std::uint32_t> toPatched(std::uint32_t original) const;

  std::span<const OffsetRun> runs() const { return runs_; }
  std::uint32_t patchedSize() const { return patchedSize_; }

 private:
  std::vector<OffsetRun> runs_;
  std::uint32_t patchedSize_ = 0;
};

}  // namespace asyncscope::wasm
