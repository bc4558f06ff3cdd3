// The trace file as bytes: a header, then chunks. Shared by the writers (recorder, injected
// runtime) and the reader, so that the numbers are written down once.
//
//   file:   +-----------------------+-------------+----------------+
//           | "ATRACE\r\n"  8 bytes | version u32 | header size u32|   then chunks to the end
//           +-----------------------+-------------+----------------+
//   chunk:  +------------+-------------+------------+----------------+---------------------+
//           | fourcc u32 | thread u32  | length u64 | payload        | zeros to 8 bytes    |
//           +------------+-------------+------------+----------------+---------------------+
//   EVTS:   +------------------------+-------------------------+---------------------------+
//           | number of 1st slot u64 | slots lost before it u64| slots of 32 bytes (slot.h)|
//           +------------------------+-------------------------+---------------------------+
//   MODL:   | module number u32 | bytes of writeModuleTable |
//   DBUG:   | module number u32 | sections: name length u32, name, length u32, bytes |
//   RUN , NOTE, EXIT, END : JSON, UTF-8 (trace.h names the keys)
//
// All integers are little-endian. `length` counts the payload without its padding. `thread` is the
// number that the runtime gives the thread, 0 for the main one and for RUN, EXIT and END. The
// count of lost slots is cumulative over the thread: present + lost = seen.
#pragma once

#include <cstddef>
#include <cstdint>

namespace asyncscope::record {

inline constexpr char kTraceMagic[9] = "ATRACE\r\n";
inline constexpr std::uint32_t kTraceVersion = 1;
inline constexpr std::uint32_t kTraceHeaderSize = 16;
inline constexpr std::uint32_t kChunkHeaderSize = 16;
inline constexpr std::uint32_t kEventsHeaderSize = 16;
inline constexpr std::uint32_t kChunkAlignment = 8;

// Four letters as they lie in the file.
constexpr std::uint32_t fourcc(const char (&name)[5]) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<std::uint8_t>(name[i]);
  return value;
}

inline constexpr std::uint32_t kChunkRun = fourcc("RUN ");
inline constexpr std::uint32_t kChunkModule = fourcc("MODL");
inline constexpr std::uint32_t kChunkDebug = fourcc("DBUG");
inline constexpr std::uint32_t kChunkEvents = fourcc("EVTS");
inline constexpr std::uint32_t kChunkNote = fourcc("NOTE");
inline constexpr std::uint32_t kChunkExit = fourcc("EXIT");
inline constexpr std::uint32_t kChunkEnd = fourcc("END ");

// Zero bytes that follow a payload of `length` bytes.
constexpr std::size_t chunkPadding(std::uint64_t length) {
  return static_cast<std::size_t>((kChunkAlignment - length % kChunkAlignment) % kChunkAlignment);
}

}  // namespace asyncscope::record
