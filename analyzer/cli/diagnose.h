// What `diagnose` and `run` share: a trace file in, a report out.
#pragma once

#include "analyzer/cli/diagnosed_run.h"
#include "analyzer/cli/verb.h"

namespace asyncscope::cli {

struct DiagnoseOptions {
  LoadOptions load;
  bool json = false;
};

// Prints the report to standard output, errors to standard error.
ExitCode diagnoseFiles(const DiagnoseOptions& options);

}  // namespace asyncscope::cli
