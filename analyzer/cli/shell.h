// Runs a command line of the user's in a shell, without the tracer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "support/result.h"

namespace asyncscope::cli {

struct ShellEnded {
  std::optional<int> code;  // exit code; nothing when a signal ended it
  int signal = 0;
  bool timedOut = false;  // that signal was ours
  double seconds = 0;     // processor time of it and of the processes that it waited for
};

// `sh -c COMMAND`, both outputs into these files. Killed after `timeout` seconds (0: never).
// Fails when there can be no process or no file.
support::Result<ShellEnded> runShell(const std::string& command, const std::string& output,
                                     const std::string& errors, std::uint32_t timeout = 0);

// "exit code 1", "signal SIGSEGV", "no end in time"
std::string fateText(const ShellEnded& ended);

}  // namespace asyncscope::cli
