#include "analyzer/advice/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "analyzer/advice/words.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

using record::ImportEntry;
using record::ModuleTable;

// What the findings ask for, before it is spelled as flags.
struct Needs {
  std::vector<std::string> functions;  // to instrument, in the order found
  std::vector<std::string> imports;    // to list, beside those that are
  std::uint64_t bufferSize = 0;        // bytes; 0: as it is
  bool unnamed = false;                // a function had no name
  std::vector<std::string> words;      // what no flag can mend
};

void addOnce(std::vector<std::string>& list, std::string item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}

bool asksForInstrumentation(std::string_view code) {
  return code == "uninstrumented-frame" || code == "uninstrumented-frame-indirect" ||
         code == "uninstrumented-frame-list" ||
         code == "uninstrumented-callsite-in-instrumented-frame" ||
         code == "dyncall-thunk-uninstrumented" || code == "accidental-transparency" ||
         code == "uninstrumented-frame-sp-skew" || code == "addlist-callsite-gap";
}

bool asksForImport(std::string_view code) {
  return code == "import-not-listed" || code == "invoke-signature-missing" ||
         code == "dylink-import-unlisted";
}

bool isOverflow(std::string_view code) {
  return code == "asyncify-stack-overflow" || code == "overflow-heap-damage";
}

std::string listName(const ModuleTable& module, const FunctionRef& function, bool& unnamed) {
  if (!function.name.empty()) return function.name;
  unnamed = true;
  return std::to_string(function.index - module.importedFunctions);
}

// Imports of `env` are listed by their bare name, others with their module.
std::string importName(const ImportEntry& import) {
  return import.module == "env" ? import.name : import.module + "." + import.name;
}

// The callee of an unguarded direct call has to suspend "officially" before its caller is guarded.
void addCallee(const Run& run, const ModuleTable& module, const Finding& finding, Needs& needs) {
  if (finding.code != "addlist-callsite-gap" || !finding.site) return;
  const record::SiteEntry* site = module.site(finding.function->index, finding.site->offset);
  if (site == nullptr || site->kind != record::SiteKind::Call) return;
  const FunctionRef callee = functionRef(run, finding.place.thread, finding.instance, site->target);
  if (callee.index >= module.importedFunctions) {
    addOnce(needs.functions, listName(module, callee, needs.unnamed));
  }
}

void addImport(const ModuleTable& module, const Finding& finding, Needs& needs) {
  if (!finding.function || !finding.site) return;
  const record::SiteEntry* site = module.site(finding.function->index, finding.site->offset);
  if (site == nullptr) return;
  for (const ImportEntry& import : module.imports) {
    if (import.suspending) addOnce(needs.imports, importName(import));
  }
  for (const ImportEntry& import : module.imports) {
    if (import.index == site->target) addOnce(needs.imports, importName(import));
  }
}

// A size for a buffer in which `bytes` were needed: twice that, as the next input may nest deeper,
// and at least Emscripten's default.
std::uint64_t roomFor(std::uint64_t bytes) {
  constexpr std::uint64_t kDefault = 4096, kMost = std::uint64_t{1} << 31;
  return std::bit_ceil(std::clamp(2 * bytes, kDefault, kMost));
}

void addNeeds(const Run& run, const Finding& finding, Needs& needs) {
  const Cycle* cycle = finding.cycle == 0 || finding.cycle > run.cycles.size()
                           ? nullptr
                           : &run.cycles[finding.cycle - 1];
  const ModuleTable* module = run.moduleOf(finding.place.thread, finding.instance);
  if (module != nullptr && finding.function && asksForInstrumentation(finding.code)) {
    addOnce(needs.functions, listName(*module, *finding.function, needs.unnamed));
    addCallee(run, *module, finding, needs);
  } else if (module != nullptr && asksForImport(finding.code)) {
    addImport(*module, finding, needs);
  } else if (isOverflow(finding.code) && cycle != nullptr) {
    std::uint64_t highest = 0;
    for (const Step& step : cycle->unwind) highest = std::max(highest, step.position);
    needs.bufferSize = std::max(needs.bufferSize, roomFor(highest - cycle->startUnwind.position));
  }
  if (std::string words = adviceInWords(finding.code); !words.empty()) {
    addOnce(needs.words, std::move(words));
  }
}

bool needsQuotes(const std::vector<std::string>& names) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.";
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name.find_first_not_of(kPlain) != std::string::npos;
  });
}

// In single quotes for the shell; a quote inside ends them, is escaped, and begins them anew. Names
// come from the module: what is copied from here into a terminal must stay one word.
std::string shellQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// A plain comma list where that is enough; else a JSON list, in quotes for the shell.
std::string emccList(const std::vector<std::string>& names) {
  if (!needsQuotes(names)) return fmt::format("{}", fmt::join(names, ","));
  return shellQuoted(
      nlohmann::json(names).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string wasmOptList(const std::vector<std::string>& names) {
  const std::string list = fmt::format("{}", fmt::join(names, ","));
  return needsQuotes(names) ? shellQuoted(list) : list;
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
  if (!needs.functions.empty()) {
    advice.flags.push_back("-sASYNCIFY_ADD=" + emccList(needs.functions));
    advice.wasmOpt.push_back("--pass-arg=asyncify-addlist@" + wasmOptList(needs.functions));
  }
  if (!needs.imports.empty()) {
    advice.flags.push_back("-sASYNCIFY_IMPORTS=" + emccList(needs.imports));
    advice.wasmOpt.push_back("--pass-arg=asyncify-imports@" +
                             wasmOptList(qualified(needs.imports)));
  }
  if (needs.bufferSize != 0) {
    advice.flags.push_back(fmt::format("-sASYNCIFY_STACK_SIZE={}", needs.bufferSize));
  }
  advice.text = fmt::format("{}", fmt::join(needs.words, "; "));
  if (needs.unnamed) {
    advice.text =
        "the module has no function names; the numbers are those that wasm-opt gives to functions "
        "(index without the imports), right if the pass read the functions in this order";
  }
  return advice;
}

}  // namespace

Advice adviseFor(const Run& run, const Finding& finding) {
  Needs needs;
  addNeeds(run, finding, needs);
  return spell(needs);
}

Advice adviseForAll(const Run& run, const std::vector<Finding>& findings) {
  Needs needs;
  for (const Finding& finding : findings) addNeeds(run, finding, needs);
  return spell(needs);
}

}  // namespace asyncscope::analyzer
