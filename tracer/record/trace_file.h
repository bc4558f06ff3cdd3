// Reading and writing of trace files as bytes; chunk.h draws the layout, docs/trace-format.md
// explains it. Nothing here does I/O. Reading is strict: what is cut, inconsistent or too long is
// an error with its offset; hostile input neither crashes nor allocates beyond its own size.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "support/result.h"
#include "tracer/record/chunk.h"
#include "tracer/record/trace.h"

namespace asyncscope::record {

struct ReadOptions {
  // Accept a last chunk that the end of the file cuts, as a killed process leaves it: it is
  // ignored, and Trace::cutBytes says how many bytes that was.
  bool allowPartial = false;
};

// `bytes` must outlive the trace, which points into it.
support::Result<Trace> readTrace(std::span<const std::uint8_t> bytes, ReadOptions options = {});

// Length of the header and the chunks that are whole: what a recorder keeps of the file of a
// killed process before it appends END. Fails when the header itself is wrong.
support::Result<std::uint64_t> wholeChunksLength(std::span<const std::uint8_t> bytes);

// The pieces of a file, to be written one after another.
std::vector<std::uint8_t> traceHeader();
std::vector<std::uint8_t> chunk(std::uint32_t type, std::uint32_t thread,
                                std::span<const std::uint8_t> payload);
std::vector<std::uint8_t> runChunk(const RunInfo& run);
std::vector<std::uint8_t> moduleChunk(std::uint32_t thread, std::uint32_t number,
                                      const ModuleTable& table);
std::vector<std::uint8_t> eventsChunk(std::uint32_t thread, const EventPiece& piece);
std::vector<std::uint8_t> exitChunk(const ExitInfo& exit);
std::vector<std::uint8_t> endChunk(const EndInfo& end);

}  // namespace asyncscope::record
