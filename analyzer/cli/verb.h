// What every verb of the command shares: how it is added, and the exit codes.
#pragma once

#include <CLI/CLI.hpp>

#include "support/result.h"

namespace asyncscope::cli {

// The contract with scripts; see docs/cli.md.
enum ExitCode : int {
  kNothingFound = 0,
  kFindings = 1,
  kUsage = 2,
  kUnreadable = 3,
  kNotRun = 4,
};

// Each adds one verb with its options; the verb's work runs when it was given, and sets exitCode.
void addRun(CLI::App& app, int& exitCode);
void addRecord(CLI::App& app, int& exitCode);
void addAttach(CLI::App& app, int& exitCode);
void addDiagnose(CLI::App& app, int& exitCode);
void addExplain(CLI::App& app, int& exitCode);
void addReport(CLI::App& app, int& exitCode);
void addExport(CLI::App& app, int& exitCode);
void addInstrument(CLI::App& app, int& exitCode);
void addCoverage(CLI::App& app, int& exitCode);
void addMerge(CLI::App& app, int& exitCode);
void addCorrelate(CLI::App& app, int& exitCode);

// For options that take a schedule of forced suspends: an error text, or none.
std::string validSchedule(const std::string& text);

// Prints `asyncscope: FILE: message at offset N (0xN); hint` to standard error.
void printError(const std::string& file, const support::Error& error);

// Whether standard output is a terminal that wants colour (NO_COLOR respected).
bool wantsColour();

}  // namespace asyncscope::cli
