#include "tracer/record/ring.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "tracer/record/slot.h"

namespace asyncscope::record {

support::Result<RingReader> RingReader::open(std::span<std::uint8_t> memory) {
  if (memory.size() < kRingSlotsOffset) return support::fail("the ring's memory is too small");
  std::uint32_t header[3];
  std::memcpy(header, memory.data(), sizeof header);
  if (header[0] != kRingMagic || header[1] != kRingVersion) {
    return support::fail("the memory does not hold a ring of version 1", 0);
  }
  const std::uint32_t capacity = header[2];
  if (!std::has_single_bit(capacity) || capacity > kRingMaximumCapacity ||
      memory.size() - kRingSlotsOffset < std::size_t{capacity} * sizeof(Slot)) {
    return support::fail("the ring's capacity does not fit its memory", kRingCapacityOffset);
  }
  return RingReader(memory, capacity);
}

std::uint64_t RingReader::load(std::uint32_t offset) const {
  return __atomic_load_n(reinterpret_cast<std::uint64_t*>(memory_.data() + offset),
                         __ATOMIC_SEQ_CST);
}

void RingReader::store(std::uint32_t offset, std::uint64_t value) {
  __atomic_store_n(reinterpret_cast<std::uint64_t*>(memory_.data() + offset), value,
                   __ATOMIC_SEQ_CST);
}

std::optional<DrainedSlots> RingReader::drain(std::vector<std::uint8_t>& slots, std::size_t limit,
                                              Writer writer) {
  const std::uint64_t head = load(kRingHeadOffset);
  const std::uint64_t tail = load(kRingTailOffset);
  const std::uint64_t first = std::max(tail, head > capacity_ ? head - capacity_ : 0);
  const std::uint64_t end = std::min<std::uint64_t>(head, first + limit);
  if (first >= end) return std::nullopt;

  slots.resize((end - first) * sizeof(Slot));
  const std::uint64_t place = first & (capacity_ - 1);
  const std::uint64_t straight = std::min(end - first, capacity_ - place);
  const std::uint8_t* base = memory_.data() + kRingSlotsOffset;
  std::memcpy(slots.data(), base + place * sizeof(Slot), straight * sizeof(Slot));
  std::memcpy(slots.data() + straight * sizeof(Slot), base, slots.size() - straight * sizeof(Slot));

  // The writer may have gone round meanwhile, and may be filling slots that are not published yet.
  std::uint64_t whole = first;
  if (writer == Writer::Running) {
    const std::uint64_t reached = load(kRingHeadOffset) + kRingInFlight;
    if (reached > capacity_) whole = std::max(whole, reached - capacity_);
  }
  const std::uint64_t kept = std::min(whole, end);
  slots.erase(slots.begin(),
              slots.begin() + static_cast<std::ptrdiff_t>((kept - first) * sizeof(Slot)));

  const std::uint64_t lost = load(kRingLostOffset) + (kept - tail);
  store(kRingLostOffset, lost);
  store(kRingTailOffset, end);
  if (kept == end) return std::nullopt;
  return DrainedSlots{kept, lost, static_cast<std::size_t>(end - kept)};
}

}  // namespace asyncscope::record
