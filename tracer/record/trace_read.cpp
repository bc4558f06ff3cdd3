// The reading half of trace_file.h.

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

#include "tracer/record/slot.h"
#include "tracer/record/trace_file.h"

namespace asyncscope::record {

namespace {

using support::fail;
using support::Result;
using Bytes = std::span<const std::uint8_t>;
using Json = nlohmann::json;

// A JSON chunk holds a command line and a stack at most; more than this is not one of ours.
constexpr std::size_t kJsonLimit = std::size_t{16} << 20;

constexpr const char* kCutHint =
    "the recording process was killed, or the file was not copied whole";

std::uint32_t load32(const std::uint8_t* from) {
  return static_cast<std::uint32_t>(from[0]) | static_cast<std::uint32_t>(from[1]) << 8 |
         static_cast<std::uint32_t>(from[2]) << 16 | static_cast<std::uint32_t>(from[3]) << 24;
}

std::uint64_t load64(const std::uint8_t* from) {
  return load32(from) | static_cast<std::uint64_t>(load32(from + 4)) << 32;
}

struct ChunkView {
  std::uint64_t offset = 0;  // of its header in the file
  std::uint32_t type = 0, thread = 0;
  Bytes payload;
  std::uint64_t payloadOffset() const { return offset + kChunkHeaderSize; }
};

// Splits the file into chunks. Knows nothing of what they mean.
class ChunkReader {
 public:
  explicit ChunkReader(Bytes bytes) : bytes_(bytes) {}

  Result<void> readHeader() {
    if (bytes_.size() < kTraceHeaderSize || std::memcmp(bytes_.data(), kTraceMagic, 8) != 0) {
      if (bytes_.size() < 8 || std::memcmp(bytes_.data(), kTraceMagic, 8) == 0) {
        return fail("the trace ends within its header", bytes_.size(), kCutHint);
      }
      return fail("not a trace: the file does not begin with ATRACE", 0,
                  "give a file that `asyncscope record` has written");
    }
    const std::uint32_t version = load32(bytes_.data() + 8);
    if (version != kTraceVersion) {
      return fail("trace version " + std::to_string(version) + " is not known", 8,
                  "this build reads version " + std::to_string(kTraceVersion));
    }
    const std::uint32_t size = load32(bytes_.data() + 12);
    if (size < kTraceHeaderSize || size > bytes_.size() || size % kChunkAlignment != 0) {
      return fail("the size of the trace's header is " + std::to_string(size), 12, kCutHint);
    }
    offset_ = size;
    return {};
  }

  bool done() const { return offset_ == bytes_.size(); }
  std::uint64_t offset() const { return offset_; }
  bool cut() const { return cut_; }  // the last failure was the end of the file

  Result<ChunkView> next() {
    const std::uint64_t left = bytes_.size() - offset_;
    if (left < kChunkHeaderSize) return failCut("the trace ends within the header of a chunk");
    const std::uint8_t* at = bytes_.data() + offset_;
    ChunkView view{offset_, load32(at), load32(at + 4), {}};
    const std::uint64_t length = load64(at + 8);
    if (length > left - kChunkHeaderSize) return failCut("the trace ends within a chunk");
    const std::size_t padding = chunkPadding(length);
    if (padding > left - kChunkHeaderSize - length) {
      return failCut("the trace ends within the padding of a chunk");
    }
    view.payload = bytes_.subspan(offset_ + kChunkHeaderSize, length);
    const std::uint64_t end = view.payloadOffset() + length;
    for (std::size_t i = 0; i < padding; ++i) {
      if (bytes_[end + i] != 0) return fail("a chunk is padded with other than zeros", end + i);
    }
    offset_ = end + padding;
    return view;
  }

 private:
  tl::unexpected<support::Error> failCut(std::string message) {
    cut_ = true;
    return fail(std::move(message), bytes_.size(), kCutHint);
  }

  Bytes bytes_;
  std::uint64_t offset_ = 0;
  bool cut_ = false;
};

// JSON of hostile origin: the parser of nlohmann-json keeps its own stack, so depth is no danger.
Result<Json> readJson(const ChunkView& chunk) {
  if (chunk.payload.size() > kJsonLimit) {
    return fail("a JSON chunk of " + std::to_string(chunk.payload.size()) + " bytes is too long",
                chunk.offset);
  }
  Json json = Json::parse(chunk.payload.begin(), chunk.payload.end(), nullptr, false);
  if (json.is_discarded() || !json.is_object()) {
    return fail("a chunk that should be a JSON object is not", chunk.payloadOffset());
  }
  return json;
}

// Getters that forgive a missing or null key and a wrong type: metadata informs, it decides
// nothing, and a later version may leave a key out.
std::string text(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::uint64_t> number(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

std::optional<int> code(const Json& json) {
  const auto found = json.find("code");
  if (found == json.end() || !found->is_number_integer()) return std::nullopt;
  // Above 2^63 the value does not fit either; an exit code is small or it is nonsense.
  if (found->is_number_unsigned() &&
      found->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
    return std::nullopt;
  }
  const auto value = found->get<std::int64_t>();
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
    return std::nullopt;
  }
  return static_cast<int>(value);
}

RunInfo readRun(const Json& json) {
  RunInfo run;
  if (const auto argv = json.find("argv"); argv != json.end() && argv->is_array()) {
    for (const Json& argument : *argv) {
      run.argv.push_back(argument.is_string() ? argument.get<std::string>() : std::string());
    }
  }
  run.cwd = text(json, "cwd");
  run.runtime = text(json, "runtime");
  run.runtimeVersion = text(json, "runtimeVersion");
  run.platform = text(json, "platform");
  run.pid = number(json, "pid").value_or(0);
  run.start = text(json, "start");
  run.asyncscope = text(json, "asyncscope");
  if (const auto facts = json.find("environment"); facts != json.end() && facts->is_object()) {
    for (const auto& [name, value] : facts->items()) {
      if (value.is_string()) run.environment[name] = value.get<std::string>();
    }
  }
  return run;
}

ExitInfo readExit(const Json& json) {
  ExitInfo exit;
  exit.code = code(json);
  exit.signal = text(json, "signal");
  exit.time = text(json, "time");
  if (const auto idle = json.find("idle"); idle != json.end() && idle->is_boolean()) {
    exit.idle = idle->get<bool>();
  }
  if (const auto error = json.find("error"); error != json.end() && error->is_object()) {
    exit.error = ErrorInfo{text(*error, "name"), text(*error, "message"), text(*error, "stack")};
  }
  return exit;
}

EndInfo readEnd(const Json& json) {
  EndInfo end;
  end.code = code(json);
  end.signal = text(json, "signal");
  end.time = text(json, "time");
  if (const auto took = json.find("milliseconds"); took != json.end() && took->is_number()) {
    end.milliseconds = took->get<double>();
  }
  return end;
}

// Builds the trace chunk by chunk.
class TraceBuilder {
 public:
  Result<void> add(const ChunkView& chunk) {
    switch (chunk.type) {
      case kChunkRun:
        return addRun(chunk);
      case kChunkModule:
        return addModule(chunk);
      case kChunkDebug:
        return addDebug(chunk);
      case kChunkEvents:
        return addEvents(chunk);
      case kChunkNote:
        return addNote(chunk);
      case kChunkExit:
        return addExit(chunk);
      case kChunkEnd:
        return addEnd(chunk);
      default:
        ++trace_.unknownChunks;
        return {};
    }
  }

  Result<Trace> finish(std::uint64_t offset) {
    if (!hasRun_) {
      return fail("the trace has no RUN chunk", offset, "the program ended before it was hooked");
    }
    std::sort(trace_.threads.begin(), trace_.threads.end(),
              [](const auto& a, const auto& b) { return a.thread < b.thread; });
    return std::move(trace_);
  }

 private:
  Result<void> addRun(const ChunkView& chunk) {
    if (hasRun_) return fail("the trace has two RUN chunks", chunk.offset);
    auto json = readJson(chunk);
    if (!json) return tl::unexpected(json.error());
    trace_.run = readRun(*json);
    hasRun_ = true;
    return {};
  }

  Result<void> addExit(const ChunkView& chunk) {
    if (trace_.exit) return fail("the trace has two EXIT chunks", chunk.offset);
    auto json = readJson(chunk);
    if (!json) return tl::unexpected(json.error());
    trace_.exit = readExit(*json);
    return {};
  }

  Result<void> addNote(const ChunkView& chunk) {
    auto json = readJson(chunk);
    if (!json) return tl::unexpected(json.error());
    trace_.notes.push_back({chunk.thread, text(*json, "what"), text(*json, "message"),
                            number(*json, "offset"), number(*json, "size").value_or(0)});
    return {};
  }

  Result<void> addEnd(const ChunkView& chunk) {
    if (trace_.end) return fail("the trace has two END chunks", chunk.offset);
    auto json = readJson(chunk);
    if (!json) return tl::unexpected(json.error());
    trace_.end = readEnd(*json);
    return {};
  }

  Result<void> addModule(const ChunkView& chunk) {
    if (chunk.payload.size() < 4) return fail("a MODL chunk is too short", chunk.offset);
    const std::uint32_t number = load32(chunk.payload.data());
    if (!modules_.insert(std::uint64_t{chunk.thread} << 32 | number).second) {
      return fail("module " + std::to_string(number) + " of thread " +
                      std::to_string(chunk.thread) + " is there twice",
                  chunk.offset);
    }
    auto table = readModuleTable(chunk.payload.subspan(4));
    if (!table) {
      support::Error error = table.error();
      if (error.offset) *error.offset += chunk.payloadOffset() + 4;
      return tl::unexpected(std::move(error));
    }
    trace_.modules.push_back({chunk.thread, number, std::move(*table)});
    return {};
  }

  Result<void> addDebug(const ChunkView& chunk) {
    Bytes rest = chunk.payload;
    // Takes what the next length says; fails where that is more than there is.
    const auto take = [&rest](Bytes& piece) {
      if (rest.size() < 4 || rest.size() - 4 < load32(rest.data())) return false;
      const std::size_t length = load32(rest.data());
      piece = rest.subspan(4, length);
      rest = rest.subspan(4 + length);
      return true;
    };
    if (rest.size() < 4) return fail("a DBUG chunk is too short", chunk.offset);
    const std::uint32_t number = load32(rest.data());
    const auto module = std::find_if(
        trace_.modules.begin(), trace_.modules.end(), [&](const TracedModule& candidate) {
          return candidate.thread == chunk.thread && candidate.number == number;
        });
    if (module == trace_.modules.end()) {
      return fail("a DBUG chunk names module " + std::to_string(number) + ", which is not known",
                  chunk.payloadOffset());
    }
    rest = rest.subspan(4);
    while (!rest.empty()) {
      Bytes name, bytes;
      if (!take(name) || !take(bytes)) {
        return fail("a section of a DBUG chunk is cut", chunk.payloadOffset());
      }
      module->debug.push_back({{reinterpret_cast<const char*>(name.data()), name.size()}, bytes});
    }
    return {};
  }

  Result<void> addEvents(const ChunkView& chunk) {
    const std::size_t size = chunk.payload.size();
    if (size < kEventsHeaderSize || (size - kEventsHeaderSize) % sizeof(Slot) != 0) {
      return fail("an EVTS chunk of " + std::to_string(size) + " bytes does not hold whole slots",
                  chunk.offset);
    }
    const EventPiece piece{load64(chunk.payload.data()), load64(chunk.payload.data() + 8),
                           chunk.payload.subspan(kEventsHeaderSize)};
    ThreadEvents& events = thread(chunk.thread);
    // Numbers run on without a gap but for the lost ones: written + lost = seen.
    const std::uint64_t seen = events.written + events.lost;
    const bool ordered = piece.lostBefore >= events.lost && piece.first >= seen &&
                         piece.first - seen == piece.lostBefore - events.lost;
    if (!ordered) {
      return fail("the events of thread " + std::to_string(chunk.thread) + " do not add up: slot " +
                      std::to_string(piece.first) + " after " + std::to_string(events.written) +
                      " written and " + std::to_string(piece.lostBefore) + " lost",
                  chunk.payloadOffset());
    }
    events.lost = piece.lostBefore;
    events.written += piece.slots.size() / sizeof(Slot);
    if (events.written > std::numeric_limits<std::uint64_t>::max() - events.lost) {
      return fail("the number of events overflows", chunk.payloadOffset());
    }
    events.pieces.push_back(piece);
    return {};
  }

  ThreadEvents& thread(std::uint32_t number) {
    const auto [found, isNew] = threads_.try_emplace(number, trace_.threads.size());
    if (isNew) trace_.threads.push_back({number, {}, 0, 0});
    return trace_.threads[found->second];
  }

  Trace trace_;
  std::unordered_map<std::uint32_t, std::size_t> threads_;  // thread number → place in the trace
  std::unordered_set<std::uint64_t> modules_;               // thread and module number, seen
  bool hasRun_ = false;
};

}  // namespace

const ThreadEvents* Trace::events(std::uint32_t thread) const {
  for (const ThreadEvents& candidate : threads) {
    if (candidate.thread == thread) return &candidate;
  }
  return nullptr;
}

const ModuleTable* Trace::module(std::uint32_t thread, std::uint32_t number) const {
  for (const TracedModule& candidate : modules) {
    if (candidate.thread == thread && candidate.number == number) return &candidate.table;
  }
  return nullptr;
}

Result<Trace> readTrace(Bytes bytes, ReadOptions options) {
  ChunkReader reader(bytes);
  if (auto header = reader.readHeader(); !header) return tl::unexpected(header.error());
  TraceBuilder builder;
  std::uint64_t cutBytes = 0;
  while (!reader.done()) {
    const auto chunk = reader.next();
    if (!chunk) {
      if (!reader.cut() || !options.allowPartial) return tl::unexpected(chunk.error());
      cutBytes = bytes.size() - reader.offset();
      break;
    }
    if (auto added = builder.add(*chunk); !added) return tl::unexpected(added.error());
  }
  auto trace = builder.finish(reader.offset());
  if (trace) trace->cutBytes = cutBytes;
  return trace;
}

Result<std::uint64_t> wholeChunksLength(Bytes bytes) {
  ChunkReader reader(bytes);
  if (auto header = reader.readHeader(); !header) return tl::unexpected(header.error());
  while (!reader.done() && reader.next()) {
  }
  return reader.offset();
}

}  // namespace asyncscope::record
