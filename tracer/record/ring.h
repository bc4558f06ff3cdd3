// The ring: where a thread's events lie until they are written to the trace file.
//
// It fills a shared WebAssembly memory of its own, one for each traced thread. The thread itself is
// the only writer (wasm probes and the JS runtime take turns on it); one drainer reads, on any
// thread. No lock: the writer fills slots and then publishes them by one atomic store of `head`;
// the drainer copies, looks at `head` again and drops what may have been overwritten meanwhile.
//
//   byte  0       4         8          12     16           24           32            40     64
//         +-------+---------+----------+------+------------+------------+-------------+------+----
//         | magic | version | capacity | 0    | head       | tail       | lost        | 0    |
//         slots | u32   | u32     | u32      |      | u64        | u64        | u64         | | …
//         +-------+---------+----------+------+------------+------------+-------------+------+----
//
//   capacity: slots, a power of two        head: slots ever published, written by the thread
//   tail:     slots drained or lost        lost: slots overwritten before they were drained
//   The slot of number n lies at 64 + 32 · (n mod capacity).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "support/result.h"

namespace asyncscope::record {

inline constexpr std::uint32_t kRingMagic = 0x474e5241;  // "ARNG"
inline constexpr std::uint32_t kRingVersion = 1;
inline constexpr std::uint32_t kRingCapacityOffset = 8;
inline constexpr std::uint32_t kRingHeadOffset = 16;
inline constexpr std::uint32_t kRingTailOffset = 24;
inline constexpr std::uint32_t kRingLostOffset = 32;
inline constexpr std::uint32_t kRingSlotsOffset = 64;
inline constexpr std::uint32_t kRingMinimumCapacity = 1u << 14;  // 512 KiB
inline constexpr std::uint32_t kRingMaximumCapacity = 1u << 25;  // 1 GiB

// The longest payload of one event; the writer cuts what is longer.
inline constexpr std::uint32_t kPayloadLimit = 1u << 16;
// The most slots that the writer fills before it publishes them: a payload and a few events.
inline constexpr std::uint32_t kRingInFlight = 1u << 12;

// Slots that drain() took out.
struct DrainedSlots {
  std::uint64_t first = 0;
  std::uint64_t lostBefore = 0;  // of this ring, cumulative
  std::size_t count = 0;
};

// Whether the thread that writes goes on writing while the drainer reads.
enum class Writer { Running, Waiting };

// The reading end. The memory is that of a live program: it changes under the reader, and nothing
// in it is trusted but by the numbers checked at the start.
class RingReader {
 public:
  // Fails when the memory does not hold a ring. The memory must outlive the reader.
  static support::Result<RingReader> open(std::span<std::uint8_t> memory);

  // Moves up to `limit` slots into `slots` (32 bytes each, replaced) and advances the tail; nothing
  // new: nullopt. Not to be called by two threads at once.
  std::optional<DrainedSlots> drain(std::vector<std::uint8_t>& slots, std::size_t limit,
                                    Writer writer);

 private:
  RingReader(std::span<std::uint8_t> memory, std::uint64_t capacity)
      : memory_(memory), capacity_(capacity) {}

  std::uint64_t load(std::uint32_t offset) const;
  void store(std::uint32_t offset, std::uint64_t value);

  std::span<std::uint8_t> memory_;
  std::uint64_t capacity_;
};

}  // namespace asyncscope::record
