// Spells what is to be changed as flags of emcc and of wasm-opt, as their lists accept names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

// What findings ask for, before it is spelled as flags.
struct Needs {
  std::vector<std::string> functions;  // to instrument, in the order found
  std::vector<std::string> imports;    // to list, beside those that are
  std::uint64_t bufferSize = 0;        // bytes; 0: as it is
  bool minified = false;  // an import has a minifier's name, which emcc's list does not take
  bool unnamed = false;   // a function had no name: its number is a name for wasm-opt only
  std::vector<std::string> words;  // what no flag can mend

  void addFunction(std::string name) { addOnce(functions, std::move(name)); }
  void addImport(std::string_view module, std::string_view name);
  void addImportEntry(std::string entry) { addOnce(imports, std::move(entry)); }
  void addWords(std::string text) { addOnce(words, std::move(text)); }

 private:
  static void addOnce(std::vector<std::string>& list, std::string item);
};

// As the lists have it: imports of `env` by their bare name, others with their module.
std::string importName(std::string_view module, std::string_view name);

// Names of imports as wasm-opt's list has them: all with their module.
std::vector<std::string> qualified(const std::vector<std::string>& imports);

Advice spell(const Needs& needs);

}  // namespace asyncscope::analyzer
