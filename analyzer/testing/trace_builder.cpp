#include "analyzer/testing/trace_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace asyncscope::analyzer::testing {

using record::EventKind;

TraceBuilder::TraceBuilder() {
  table.hash = 1;
  table.size = 0x100000;
  table.probedSize = 0x100000;
  table.hasNames = true;
  table.functionCount = 2000;
  table.controls = {{record::ControlKind::StartUnwind, 1900, "asyncify_start_unwind"},
                    {record::ControlKind::StopUnwind, 1901, "asyncify_stop_unwind"},
                    {record::ControlKind::StartRewind, 1902, "asyncify_start_rewind"},
                    {record::ControlKind::StopRewind, 1903, "asyncify_stop_rewind"}};
  table.stateGlobal = 1;
  table.dataGlobal = 2;
  table.stackPointerGlobal = 0;
  event(EventKind::InstanceMade, record::kNoIndex, 0, 0, 0);
}

record::FunctionEntry& TraceBuilder::function(std::uint32_t index, std::string name,
                                              bool instrumented) {
  record::FunctionEntry entry;
  entry.index = index;
  entry.name = std::move(name);
  entry.instrumented = instrumented;
  entry.bodyBegin = index * 0x100;
  entry.bodyEnd = index * 0x100 + 0x100;
  table.functions.push_back(std::move(entry));
  return table.functions.back();
}

record::SiteEntry TraceBuilder::site(std::uint32_t offset, record::SiteKind kind, bool guarded,
                                     std::uint32_t target) {
  record::SiteEntry entry;
  entry.offset = offset;
  entry.kind = kind;
  entry.guarded = guarded;
  entry.maySuspend = true;
  entry.target = target;
  return entry;
}

void TraceBuilder::import(std::uint32_t index, std::string name, bool suspending) {
  table.imports.push_back({index, "env", std::move(name), suspending});
  table.importedFunctions = std::max(table.importedFunctions, index + 1);
}

void TraceBuilder::event(EventKind kind, std::uint32_t function, std::uint32_t detail,
                         std::uint64_t position, std::uint64_t sp, std::string_view payload) {
  record::Slot slot{};
  slot.kind = static_cast<std::uint16_t>(kind);
  slot.function = function;
  slot.detail = payload.empty() ? detail : static_cast<std::uint32_t>(payload.size());
  slot.position = position;
  slot.sp = sp;
  const auto append = [&](const void* from, std::size_t size) {
    const auto* bytes = static_cast<const std::uint8_t*>(from);
    slots_.insert(slots_.end(), bytes, bytes + size);
  };
  append(&slot, sizeof slot);
  while (!payload.empty()) {
    const std::string_view piece = payload.substr(0, record::kPayloadBytesPerSlot);
    const auto kindField = static_cast<std::uint16_t>(EventKind::Payload);
    const auto length = static_cast<std::uint16_t>(piece.size());
    append(&kindField, 2);
    append(&length, 2);
    append(piece.data(), piece.size());
    slots_.insert(slots_.end(), record::kPayloadBytesPerSlot - piece.size(), 0);
    payload.remove_prefix(piece.size());
  }
}

void TraceBuilder::startUnwind(std::uint64_t position, std::uint64_t sp, std::uint32_t before) {
  event(EventKind::StartUnwind, 1900, before, position, sp);
}
void TraceBuilder::buffer(std::uint64_t data, std::uint64_t end) {
  event(EventKind::Buffer, 0, 0, data, end);
}
void TraceBuilder::saved(std::uint32_t function, std::uint64_t position, std::uint64_t sp) {
  event(EventKind::UnwindSaved, function, 0, position, sp);
}
void TraceBuilder::passed(std::uint32_t function, std::uint32_t site, std::uint64_t position,
                          std::uint64_t sp) {
  event(EventKind::UnwindPassed, function, site, position, sp);
}
void TraceBuilder::stopUnwind(std::uint64_t position, std::uint64_t sp, std::uint32_t before) {
  event(EventKind::StopUnwind, 1901, before, position, sp);
}
void TraceBuilder::startRewind(std::uint64_t position, std::uint64_t sp, std::uint32_t before) {
  event(EventKind::StartRewind, 1902, before, position, sp);
}
void TraceBuilder::entered(std::uint32_t function, std::uint64_t position, std::uint64_t sp) {
  event(EventKind::RewindEntered, function, 0, position, sp);
}
void TraceBuilder::stopRewind(std::uint64_t position, std::uint64_t sp, std::uint32_t before) {
  event(EventKind::StopRewind, 1903, before, position, sp);
}
void TraceBuilder::threw(std::uint32_t function, std::uint32_t state, std::string_view text,
                         bool trap) {
  event(EventKind::ExportThrew, function, 0, state, trap ? 1 : 0, text);
}

namespace {

std::string v8WasmLine(const StackLine& line) {
  const std::string place =
      fmt::format("wasm://wasm/0badcafe:wasm-function[{}]:{:#x}", line.function, line.offset);
  return line.js.empty() ? fmt::format("    at {}\n", place)
                         : fmt::format("    at {} ({})\n", line.js, place);
}

std::string stackLine(const StackLine& line, Engine engine) {
  const bool js = line.function == record::kNoIndex;
  switch (engine) {
    case Engine::V8:
      return js ? fmt::format("    at {} (file:///app.js:10:5)\n", line.js) : v8WasmLine(line);
    case Engine::SpiderMonkey:
      return js ? fmt::format("{}@https://cdn.example/@scope/app.js:10:5\n", line.js)
                : fmt::format(
                      "@https://cdn.example/@scope/app.js line 3 > WebAssembly.instantiate:"
                      "wasm-function[{}]:{:#x}\n",
                      line.function, line.offset);
    case Engine::JavaScriptCore:
      return js ? fmt::format("{}@https://cdn.example/@scope/app.js:10:5\n", line.js)
                : fmt::format("(null)@<?>:wasm-function[{}]\n", line.function);
  }
  return {};
}

}  // namespace

void TraceBuilder::stack(const std::vector<StackLine>& lines, Engine engine) {
  std::string text = engine == Engine::V8 ? "Error\n" : "";
  for (const StackLine& line : lines) text += stackLine(line, engine);
  event(EventKind::Stack, stacks_++, 0, 0, 0, text);
}

void TraceBuilder::uncaught(std::string name, std::string message) {
  code_ = 1;
  error_ = record::ErrorInfo{std::move(name), std::move(message), ""};
}

std::vector<std::uint8_t> TraceBuilder::bytes() const {
  std::vector<std::uint8_t> file = record::traceHeader();
  const auto append = [&](const std::vector<std::uint8_t>& chunk) {
    file.insert(file.end(), chunk.begin(), chunk.end());
  };
  append(record::runChunk({}));
  append(record::moduleChunk(0, 0, table));
  record::EventPiece piece;
  piece.slots = slots_;
  append(record::eventsChunk(0, piece));
  record::ExitInfo exit;
  exit.code = code_;
  exit.error = error_;
  append(record::exitChunk(exit));
  record::EndInfo end;
  end.code = code_;
  append(record::endChunk(end));
  return file;
}

std::unique_ptr<BuiltRun> TraceBuilder::build(std::string file) const {
  auto built = std::make_unique<BuiltRun>();
  built->bytes = bytes();
  auto trace = record::readTrace(built->bytes);
  if (!trace) throw std::logic_error("the built trace does not read: " + trace.error().message);
  built->trace = std::move(*trace);
  built->run = buildRun(built->trace, std::move(file));
  return built;
}

}  // namespace asyncscope::analyzer::testing
