// Mistakes of the link line that are seen without a run: settings of emcc, or pass arguments of
// wasm-opt, against what the module holds.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/check/check.h"
#include "support/result.h"

namespace asyncscope::check {

// What a command line says of Asyncify. The lists are as emcc 3.1.6 reads them: a JSON array, the
// same without quotes, names between commas, or @file with either or with a name in each line.
struct LinkLine {
  bool isEmcc = true;  // else wasm-opt
  bool asyncify = false;
  bool ignoreIndirect = false;
  bool optimises = false;  // -O1 or more
  bool wasmExceptions = false;
  bool castEmulation = false;  // fpcast-emu runs before Asyncify
  std::optional<std::uint64_t> stackSize;
  std::optional<std::vector<std::string>> imports;  // nullopt: the default
  std::vector<std::string> add, only, remove;
};

// Gives the text of a file that the line names (response files).
using ReadText = std::function<support::Result<std::string>(const std::string& path)>;

// Splits as a shell does (quotes, backslashes), then reads the settings.
support::Result<LinkLine> readLinkLine(std::string_view line, const ReadText& read);

// What a lint knows of the module; names may be empty when it has none.
struct LintInput {
  const wasm::Module& module;
  const std::vector<std::string>& names;  // of functions
};

std::vector<StaticFinding> lint(const LinkLine& line, const LintInput& input);

// Whether an entry of a list, in which * stands for anything, means this name.
bool matches(std::string_view entry, std::string_view name);

}  // namespace asyncscope::check
