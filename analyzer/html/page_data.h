// What the report's page is given to draw, as JSON; docs/report.md describes every key.
//
// It reuses the diagnosis as `diagnose --json` prints it, and adds the columns of the timeline, the
// shapes of the cycles and the bytes of the buffers.
#pragma once

#include <string>

#include "analyzer/diagnosis.h"
#include "tracer/record/trace.h"

namespace asyncscope::html {

struct ReportInput {
  const record::Trace& trace;
  const analyzer::Run& run;
  const analyzer::Diagnosis& diagnosis;
  std::string version;  // of asyncscope
};

// One line, safe inside a <script> element: <, >, & and the line separators are \u escapes.
std::string pageData(const ReportInput& input);

}  // namespace asyncscope::html
