// The writing half of trace_file.h.

#include <cstring>
#include <nlohmann/json.hpp>

#include "tracer/record/trace_file.h"

namespace asyncscope::record {

namespace {

using Json = nlohmann::ordered_json;

void append32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void append64(std::vector<std::uint8_t>& out, std::uint64_t value) {
  append32(out, static_cast<std::uint32_t>(value));
  append32(out, static_cast<std::uint32_t>(value >> 32));
}

std::vector<std::uint8_t> jsonChunk(std::uint32_t type, const Json& json) {
  // Paths and arguments may hold bytes that are not UTF-8: they are replaced, not refused.
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return chunk(type, 0, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Json optionalCode(const std::optional<int>& code) { return code ? Json(*code) : Json(nullptr); }
Json optionalText(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

std::vector<std::uint8_t> traceHeader() {
  std::vector<std::uint8_t> out(kTraceMagic, kTraceMagic + 8);
  append32(out, kTraceVersion);
  append32(out, kTraceHeaderSize);
  return out;
}

std::vector<std::uint8_t> chunk(std::uint32_t type, std::uint32_t thread,
                                std::span<const std::uint8_t> payload) {
  std::vector<std::uint8_t> out;
  out.reserve(kChunkHeaderSize + payload.size() + kChunkAlignment);
  append32(out, type);
  append32(out, thread);
  append64(out, payload.size());
  out.insert(out.end(), payload.begin(), payload.end());
  out.insert(out.end(), chunkPadding(payload.size()), 0);
  return out;
}

std::vector<std::uint8_t> runChunk(const RunInfo& run) {
  Json json;
  json["argv"] = run.argv;
  json["cwd"] = run.cwd;
  json["runtime"] = run.runtime;
  json["runtimeVersion"] = run.runtimeVersion;
  json["platform"] = run.platform;
  json["pid"] = run.pid;
  json["start"] = run.start;
  json["asyncscope"] = run.asyncscope;
  json["environment"] = run.environment;
  return jsonChunk(kChunkRun, json);
}

std::vector<std::uint8_t> moduleChunk(std::uint32_t thread, std::uint32_t number,
                                      const ModuleTable& table) {
  std::vector<std::uint8_t> payload;
  append32(payload, number);
  const std::vector<std::uint8_t> bytes = writeModuleTable(table);
  payload.insert(payload.end(), bytes.begin(), bytes.end());
  return chunk(kChunkModule, thread, payload);
}

std::vector<std::uint8_t> eventsChunk(std::uint32_t thread, const EventPiece& piece) {
  std::vector<std::uint8_t> payload;
  payload.reserve(kEventsHeaderSize + piece.slots.size());
  append64(payload, piece.first);
  append64(payload, piece.lostBefore);
  payload.insert(payload.end(), piece.slots.begin(), piece.slots.end());
  return chunk(kChunkEvents, thread, payload);
}

std::vector<std::uint8_t> exitChunk(const ExitInfo& exit) {
  Json json;
  json["code"] = optionalCode(exit.code);
  json["signal"] = optionalText(exit.signal);
  if (exit.error) {
    json["error"] = {
        {"name", exit.error->name}, {"message", exit.error->message}, {"stack", exit.error->stack}};
  }
  if (exit.idle) json["idle"] = true;
  json["time"] = exit.time;
  return jsonChunk(kChunkExit, json);
}

std::vector<std::uint8_t> endChunk(const EndInfo& end) {
  Json json;
  json["code"] = optionalCode(end.code);
  json["signal"] = optionalText(end.signal);
  json["milliseconds"] = end.milliseconds;
  json["time"] = end.time;
  return jsonChunk(kChunkEnd, json);
}

}  // namespace asyncscope::record
