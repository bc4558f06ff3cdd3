// The slot: one event as it lies in the ring and in the trace file.
//
//   byte  0        2          4            8           12        16            24          32
//         +--------+----------+------------+-----------+---------+-------------+-----------+
//         | kind   | instance | function   | detail    | time    | position    | sp        |
//         | u16    | u16      | u32        | u32       | u32     | u64         | u64       |
//         +--------+----------+------------+-----------+---------+-------------+-----------+
//   and, when kind is Payload:
//         | kind   | length   | 28 bytes of data, the last slot zero-padded               |
//
// All fields are little-endian. `instance` numbers the wasm instances of one thread from 0.
// `function` is an index in the original module (probing appends, it never renumbers).
// `time` is in microseconds since the thread's recording began, modulo 2^32; events written by
// wasm code have no clock and carry 0. Because every Payload slot says that it is one, a reader
// that starts in the middle of a ring that was overwritten finds the next whole event by itself.
#pragma once

#include <cstddef>
#include <cstdint>

namespace asyncscope::record {

enum class EventKind : std::uint16_t {
#define ASYNCSCOPE_EVENT(name, value, function, detail, position, sp) name = value,
#include "tracer/record/event.def"
#undef ASYNCSCOPE_EVENT
};

struct Slot {
  std::uint16_t kind;
  std::uint16_t instance;
  std::uint32_t function;
  std::uint32_t detail;
  std::uint32_t time;
  std::uint64_t position;
  std::uint64_t sp;
};
static_assert(sizeof(Slot) == 32);
static_assert(offsetof(Slot, function) == 4 && offsetof(Slot, detail) == 8);
static_assert(offsetof(Slot, time) == 12 && offsetof(Slot, position) == 16);
static_assert(offsetof(Slot, sp) == 24);

inline constexpr std::size_t kPayloadBytesPerSlot = 28;

}  // namespace asyncscope::record
