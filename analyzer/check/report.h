// The answer of `check` as text and as JSON. docs/json.md describes every key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/check/check.h"
#include "analyzer/check/plain.h"

namespace asyncscope::check {

inline constexpr int kCheckSchema = 1;

struct ReportOptions {
  bool colour = false;
  std::size_t most = 20;  // findings that are shown; of the rest the number
  bool calls = false;     // JSON: what each indirect call can lead to
};

// What wasm-opt made of a module that was not asyncified.
struct PassSize {
  std::string what;         // stable: the key in JSON
  std::string means;        // in words
  std::uint64_t bytes = 0;  // 0: it failed
  std::string error;
};

// The verdict in one sentence: the first line of every report.
std::string sentenceOf(const Check& check);

// Ends with a newline. Names from the module are shown with control characters escaped.
std::string textReport(const CheckInput& input, const Check& check, const ReportOptions& options);
// All findings of harm, and as many of the merely possible ones as `most` says.
std::string jsonReport(const CheckInput& input, const Check& check, const std::string& file,
                       const ReportOptions& options);

// The same for a module that is not asyncified; `bytes` is its size.
std::string plainText(const PlainCheck& check, const std::vector<PassSize>& sizes,
                      std::uint64_t bytes, const ReportOptions& options);
std::string plainJson(const PlainCheck& check, const std::vector<PassSize>& sizes,
                      std::uint64_t bytes, const std::string& file);

// SARIF 2.1.0 (OASIS), for code review: a result for each finding but the merely possible ones.
std::string sarifReport(const std::vector<StaticFinding>& findings, const std::string& file,
                        const std::string& version);

}  // namespace asyncscope::check
