#include "analyzer/advice/spelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "analyzer/invariants/imports.h"
#include "support/shell.h"

namespace asyncscope::analyzer {
namespace {

bool needsQuotes(const std::vector<std::string>& names) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.";
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name.find_first_not_of(kPlain) != std::string::npos;
  });
}

// A plain comma list where that is enough; else a JSON list, in quotes for the shell. Names come
// from the module: what is copied from here into a terminal must stay one word.
std::string emccList(const std::vector<std::string>& names) {
  if (!needsQuotes(names)) return fmt::format("{}", fmt::join(names, ","));
  return support::shellQuoted(
      nlohmann::json(names).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string wasmOptList(const std::vector<std::string>& names) {
  const std::string list = fmt::format("{}", fmt::join(names, ","));
  return needsQuotes(names) ? support::shellQuoted(list) : list;
}

}  // namespace

void Needs::addOnce(std::vector<std::string>& list, std::string item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}

void Needs::addImport(std::string_view module, std::string_view name) {
  minified = minified || isMinified(module, name);
  addOnce(imports, importName(module, name));
}

std::string importName(std::string_view module, std::string_view name) {
  return module == "env" ? std::string(name) : fmt::format("{}.{}", module, name);
}

std::vector<std::string> qualified(const std::vector<std::string>& imports) {
  std::vector<std::string> names;
  for (const std::string& name : imports) {
    names.push_back(name.find('.') == std::string::npos ? "env." + name : name);
  }
  return names;
}

Advice spell(const Needs& needs) {
  Advice advice;
  advice.functions = needs.functions;
  advice.imports = needs.imports;
  advice.bufferSize = needs.bufferSize;
  if (!needs.functions.empty()) {
    if (!needs.unnamed) advice.flags.push_back("-sASYNCIFY_ADD=" + emccList(needs.functions));
    advice.wasmOpt.push_back("--pass-arg=asyncify-addlist@" + wasmOptList(needs.functions));
  }
  if (!needs.imports.empty()) {
    if (!needs.minified) {
      advice.flags.push_back("-sASYNCIFY_IMPORTS=" + emccList(needs.imports));
    }
    advice.wasmOpt.push_back("--pass-arg=asyncify-imports@" +
                             wasmOptList(qualified(needs.imports)));
  }
  if (needs.bufferSize != 0) {
    advice.flags.push_back(fmt::format("-sASYNCIFY_STACK_SIZE={}", needs.bufferSize));
  }
  std::vector<std::string> words = needs.words;
  if (needs.minified) {
    words.push_back(
        "the names of the imports are a minifier's, and emcc's list takes those of the source: "
        "build at -O2 to see them");
  }
  if (needs.unnamed) {
    words.push_back(
        "the module has no function names, and emcc's list takes nothing else: build with "
        "--emit-symbol-map and give that map with --symbols. The numbers are those that wasm-opt "
        "gives to functions (index without the imports), right if the pass read the functions in "
        "this order");
  }
  advice.text = fmt::format("{}", fmt::join(words, "; "));
  return advice;
}

}  // namespace asyncscope::analyzer
