// The diagnosis as JSON, schema 1: docs/json.md describes every key.
//
// The schema number changes when a key changes its meaning or goes; new keys do not change it.
#pragma once

#include <string>

#include "analyzer/diagnosis.h"

namespace asyncscope::analyzer {

inline constexpr int kDiagnosisSchema = 1;

// Indented by two spaces, ends with a newline.
std::string jsonReport(const Run& run, const Diagnosis& diagnosis);

}  // namespace asyncscope::analyzer
