#include "instrument/module/offset_map.h"

#include <algorithm>
#include <utility>

namespace asyncscope::wasm {

OffsetMap::OffsetMap(std::vector<OffsetRun> runs, std::uint32_t patchedSize)
    : runs_(std::move(runs)), patchedSize_(patchedSize) {}

std::optional<std::uint32_t> OffsetMap::toOriginal(std::uint32_t patched) const {
  const auto after = std::upper_bound(
      runs_.begin(), runs_.end(), patched,
      [](std::uint32_t offset, const OffsetRun& run) { return offset < run.patched; });
  if (after == runs_.begin() || patched >= patchedSize_) {
    return std::nullopt;
  }
  const OffsetRun& run = *(after - 1);
  switch (run.kind) {
    case OffsetRun::Kind::Copied:
      return run.original + (patched - run.patched);
    case OffsetRun::Kind::Inserted:
      return run.original;
    case OffsetRun::Kind::Added:
      break;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> OffsetMap::toPatched(std::uint32_t original) const {
  const auto after = std::upper_bound(
      runs_.begin(), runs_.end(), original,
      [](std::uint32_t offset, const OffsetRun& run) { return offset < run.original; });
  if (after == runs_.begin()) {
    return std::nullopt;
  }
  // Of several runs at one original offset the copied one is the last, as it alone moves on.
  const OffsetRun& run = *(after - 1);
  const std::uint32_t end = after == runs_.end() ? patchedSize_ : after->patched;
  const std::uint32_t ahead = original - run.original;
  if (run.kind != OffsetRun::Kind::Copied || ahead >= end - run.patched) {
    return std::nullopt;
  }
  return run.patched + ahead;
}

}  // namespace asyncscope::wasm
