// A diagnosed run in the formats of other tools. Each format is one file here.
//
// Guarantees: every format is written piece by piece, so that a million cycles need no more memory
// than one; names from the program are escaped, and bytes that are no UTF-8 replaced; the same run
// gives the same bytes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/cycles/run.h"
#include "analyzer/diagnosis.h"
#include "tracer/record/trace.h"

namespace asyncscope::exports {

enum class Format { Perfetto, Speedscope, JsonLines, CycleRows, Sarif };

// "perfetto", "speedscope", "jsonl", "cycles", "sarif"; nothing for any other word.
std::optional<Format> formatNamed(std::string_view name);

struct Input {
  const record::Trace& trace;
  const analyzer::Run& run;
  const analyzer::Diagnosis& diagnosis;
  std::string version;  // of asyncscope, for the formats that name their producer
};

// Takes the next piece of the output.
using Sink = std::function<void(std::string_view)>;

void writeExport(Format format, const Input& input, const Sink& sink);

// Chrome's trace event format, as JSON: https://ui.perfetto.dev and chrome://tracing open it.
void writePerfetto(const Input& input, const Sink& sink);
// https://www.speedscope.app/file-format-schema.json
void writeSpeedscope(const Input& input, const Sink& sink);
// One JSON object a line: the run, its cycles, its findings. docs/report.md lists the keys.
void writeJsonLines(const Input& input, const Sink& sink);
// One flat JSON object a cycle, for tables. docs/report.md lists the columns.
void writeCycleRows(const Input& input, const Sink& sink);
// SARIF 2.1.0: the findings, for code review.
void writeSarif(const Input& input, const Sink& sink);

}  // namespace asyncscope::exports
