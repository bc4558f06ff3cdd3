// A trace as values: what readTrace (trace_file.h) makes of a file.
//
// Events are not copied: `ThreadEvents` points into the bytes that were read, which must outlive
// the Trace. EventCursor (event_cursor.h) walks them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tracer/record/module_table.h"

namespace asyncscope::record {

// RUN: {"argv", "cwd", "runtime", "runtimeVersion", "platform", "pid", "start", "asyncscope",
// "environment"}, by the traced process, before anything else.
struct RunInfo {
  std::vector<std::string> argv;
  std::string cwd;
  std::string runtime;         // "node"
  std::string runtimeVersion;  // "v20.20.2"
  std::string platform;        // "linux x64"
  std::uint64_t pid = 0;
  std::string start;                               // ISO 8601, UTC
  std::string asyncscope;                          // version of the tool that recorded
  std::map<std::string, std::string> environment;  // facts that matter for the run, by name
};

struct ErrorInfo {
  std::string name, message, stack;
};

// NOTE: {"what", "message", "offset", "size"}: something that the runtime could not do. `what` is
// "module not probed" (the rewriter could not read it) or "probed module refused" (by the engine);
// the program then ran the original.
struct Note {
  std::uint32_t thread = 0;
  std::string what, message;
  std::optional<std::uint64_t> offset;  // in the module
  std::uint64_t size = 0;               // of the module
};

// EXIT: {"code", "signal", "error": {"name", "message", "stack"}, "time"}, by the traced process
// as it ends. All but `time` may be absent or null.
struct ExitInfo {
  std::optional<int> code;
  std::string signal;              // "SIGTERM"; empty: none
  std::optional<ErrorInfo> error;  // the uncaught one that ended the run
  std::string time;                // ISO 8601, UTC
  bool idle = false;               // it ended by itself: nothing was left to do
};

// END: {"code", "signal", "milliseconds", "time"}, by the recorder, after the process is gone.
struct EndInfo {
  std::optional<int> code;
  std::string signal;
  double milliseconds = 0;  // from the start of the process to its end
  std::string time;
};

// A custom section of the module that ran, with its debug information: DWARF.
struct DebugSection {
  std::string_view name;
  std::span<const std::uint8_t> bytes;
};

struct TracedModule {
  std::uint32_t thread = 0;
  std::uint32_t number = 0;  // what InstanceMade events of this thread call it
  ModuleTable table;
  std::vector<DebugSection> debug{};  // empty: the module has none
};

// Consecutive slots of one thread.
struct EventPiece {
  std::uint64_t first = 0;              // number of the first slot on its thread, from 0
  std::uint64_t lostBefore = 0;         // slots of this thread lost before it, in all
  std::span<const std::uint8_t> slots;  // whole slots of 32 bytes, at any alignment
};

struct ThreadEvents {
  std::uint32_t thread = 0;
  std::vector<EventPiece> pieces;  // in order
  std::uint64_t written = 0;       // slots present
  std::uint64_t lost = 0;          // slots lost; written + lost = seen
};

struct Trace {
  RunInfo run;
  std::vector<TracedModule> modules;  // in the order of the file
  std::vector<ThreadEvents> threads;  // by thread number
  std::vector<Note> notes;
  std::optional<ExitInfo> exit;
  std::optional<EndInfo> end;
  std::uint64_t unknownChunks = 0;  // skipped: written by a later version
  std::uint64_t cutBytes = 0;       // bytes of a cut last chunk, ignored (allowPartial only)

  const ThreadEvents* events(std::uint32_t thread) const;  // nullptr: the thread has none
  const ModuleTable* module(std::uint32_t thread, std::uint32_t number) const;  // nullptr: none
};

}  // namespace asyncscope::record
