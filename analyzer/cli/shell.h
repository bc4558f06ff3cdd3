// Runs a command line of the user's in a shell, without the tracer.
#pragma once

#include <optional>
#include <string>

#include "support/result.h"

namespace asyncscope::cli {

struct ShellEnded {
  std::optional<int> code;  // exit code; nothing when a signal ended it
  int signal = 0;
  double seconds = 0;  // processor time of it and of the processes that it waited for
};

// `sh -c COMMAND`, both outputs into these files. Fails when there can be no process or no file.
support::Result<ShellEnded> runShell(const std::string& command, const std::string& output,
                                     const std::string& errors);

// "exit code 1", "signal SIGSEGV"
std::string fateText(const ShellEnded& ended);

}  // namespace asyncscope::cli
