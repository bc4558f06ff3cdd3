// What the tests of this folder share: slots and whole traces, made by hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tracer/record/slot.h"
#include "tracer/record/trace_file.h"

namespace asyncscope::record::testing {

using Bytes = std::vector<std::uint8_t>;

inline void append(Bytes& to, const Bytes& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

inline Bytes slotBytes(const Slot& slot) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(&slot);
  return {begin, begin + sizeof slot};
}

inline Slot slot(EventKind kind, std::uint32_t function, std::uint32_t detail = 0,
                 std::uint64_t position = 0, std::uint64_t sp = 0) {
  return {static_cast<std::uint16_t>(kind), 0, function, detail, 0, position, sp};
}

// The slots of a payload.
inline Bytes payloadBytes(std::string_view text) {
  Bytes out;
  for (std::size_t at = 0; at < text.size(); at += kPayloadBytesPerSlot) {
    const std::string_view part = text.substr(at, kPayloadBytesPerSlot);
    Bytes one(sizeof(Slot), 0);
    one[0] = static_cast<std::uint8_t>(EventKind::Payload);
    one[2] = static_cast<std::uint8_t>(part.size());
    std::copy(part.begin(), part.end(), one.begin() + 4);
    append(out, one);
  }
  return out;
}

inline RunInfo sampleRun() {
  RunInfo run;
  run.argv = {"node", "app.js"};
  run.cwd = "/home/user";
  run.runtime = "node";
  run.runtimeVersion = "v20.0.0";
  run.platform = "linux x64";
  run.pid = 4711;
  run.start = "2024-01-02T03:04:05.678Z";
  run.asyncscope = "0.1.0";
  run.environment = {{"v8", "11.3"}};
  return run;
}

inline ModuleTable sampleTable() {
  ModuleTable table;
  table.hash = 0x0123456789abcdef;
  table.size = 1000;
  table.probedSize = 1100;
  table.name = "app";
  table.hasNames = true;
  table.indirectIgnored = true;
  table.importedFunctions = 2;
  table.functionCount = 12;
  table.stateGlobal = 3;
  table.dataGlobal = 4;
  table.controls = {{ControlKind::StartUnwind, 8, "asyncify_start_unwind"},
                    {ControlKind::StopRewind, kNoIndex, ""}};
  table.imports = {{0, "env", "sleep", true}, {1, "env", "log", false}};
  FunctionEntry run;
  run.index = 3;
  run.name = "run";
  run.instrumented = true;
  run.recordBytes = 12;
  run.bodyBegin = 200;
  run.bodyEnd = 300;
  run.sites = {{210, SiteKind::Call, true, true, 0, 0},
               {240, SiteKind::CallIndirect, false, true, kNoIndex, 5}};
  FunctionEntry plain;
  plain.index = 7;
  plain.movesStackPointer = true;
  plain.bodyBegin = 310;
  plain.bodyEnd = 330;
  table.functions = {run, plain};
  table.functions[0].sites[1].inCatch = true;
  table.offsets = {{0, 0}, {215, 205}, {260, 240}};
  table.codeBegin = 190;
  table.exports = {{8, "free"}, {10, "event"}};
  table.data = {{1024, 1030}, {2048, 4096}};
  return table;
}

// A whole trace of one thread: a suspend, a stack, and the end.
inline Bytes sampleEvents() {
  Bytes slots = slotBytes(slot(EventKind::InstanceMade, 0));
  append(slots, slotBytes(slot(EventKind::StartUnwind, 8, 0, 32, 65536)));
  append(slots, slotBytes(slot(EventKind::Stack, 0, 40)));
  append(slots, payloadBytes("at run (wasm-function[3]:0xd2) and so on"));
  append(slots, slotBytes(slot(EventKind::UnwindSaved, 3, 0, 44, 65500)));
  append(slots, slotBytes(slot(EventKind::StopUnwind, 9, 1, 44, 65536)));
  return slots;
}

inline Bytes sampleTrace() {
  const Bytes slots = sampleEvents();
  Bytes out = traceHeader();
  append(out, runChunk(sampleRun()));
  append(out, moduleChunk(0, 0, sampleTable()));
  append(out, eventsChunk(0, {0, 0, slots}));
  ExitInfo exit;
  exit.code = 1;
  exit.error = ErrorInfo{"RuntimeError", "unreachable", "at run"};
  exit.time = "2024-01-02T03:04:06.000Z";
  append(out, exitChunk(exit));
  EndInfo end;
  end.code = 1;
  end.milliseconds = 321.5;
  end.time = "2024-01-02T03:04:06.100Z";
  append(out, endChunk(end));
  return out;
}

}  // namespace asyncscope::record::testing
