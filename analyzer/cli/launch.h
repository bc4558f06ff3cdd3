// Runs a program under the tracer: the same program, environment, input and output, with the
// runtime preloaded into Node. Signals sent to us go on to it; its fate is reported, not judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/result.h"

namespace asyncscope::cli {

struct LaunchOptions {
  std::vector<std::string> command;  // program and arguments; not empty
  std::string trace;                 // path of the trace file; replaced when it exists
  std::string stress;                // where suspends are forced (docs/stress.md); empty: nowhere
  std::vector<std::string> globals;  // declared ones, NAME[:BYTES] or ADDRESS[:BYTES] (docs/cli.md)
  std::string capture;               // folder for its `stdout` and `stderr`; empty: they are ours
  std::uint32_t timeout = 0;         // seconds after which it is killed; 0: never
  bool outputToError = false;        // the program's standard output goes to standard error
  // Whether the command is the program, into which the runtime is preloaded; else it is a recorder
  // that writes the trace itself, and its fate is not that of the program.
  bool preload = true;
};

struct Ended {
  std::optional<int> code;  // exit code; nothing when a signal ended it
  int signal = 0;           // number of that signal
  bool timedOut = false;    // that signal was ours: it ran longer than LaunchOptions::timeout
};

// The path of a file of the runtime, beside the command in the build tree or under share/.
support::Result<std::string> findRuntime(const std::string& file);

// Fails when the program cannot be started (no such file, no runtime beside the command).
// On success the trace is complete: a chunk that a killed process left unfinished is cut off, and
// the END chunk is written.
support::Result<Ended> launch(const LaunchOptions& options);

// The trace at `path`, or that of a child process beside it, which holds a module; `path` itself
// when none does.
std::string traceWithModules(const std::string& path);

// All of these: that of the process itself first, then those of its children.
std::vector<std::string> tracesWithModules(const std::string& path);

}  // namespace asyncscope::cli
