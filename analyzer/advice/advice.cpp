#include "analyzer/advice/advice.h"

#include "analyzer/advice/host_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string_view>

#include "analyzer/advice/spelling.h"
#include "analyzer/advice/words.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

using record::ImportEntry;
using record::ModuleTable;

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
  if (function.isListName) return function.name;
  unnamed = true;
  return std::to_string(function.index - module.importedFunctions);
}

// The callee of an unguarded direct call has to suspend "officially" before its caller is guarded.
void addCallee(const Run& run, const ModuleTable& module, const Finding& finding, Needs& needs) {
  if (finding.code != "addlist-callsite-gap" || !finding.site) return;
  const record::SiteEntry* site = module.site(finding.function->index, finding.site->offset);
  if (site == nullptr || site->kind != record::SiteKind::Call) return;
  const FunctionRef callee = functionRef(run, finding.place.thread, finding.instance, site->target);
  if (callee.index >= module.importedFunctions) {
    needs.addFunction(listName(module, callee, needs.unnamed));
  }
}

void addImport(const ModuleTable& module, const Finding& finding, Needs& needs) {
  if (!finding.function || !finding.site) return;
  const record::SiteEntry* site = module.site(finding.function->index, finding.site->offset);
  if (site == nullptr) return;
  for (const ImportEntry& import : module.imports) {
    if (import.suspending) needs.addImport(import.module, import.name);
  }
  for (const ImportEntry& import : module.imports) {
    if (import.index == site->target) needs.addImport(import.module, import.name);
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
    needs.addFunction(listName(*module, *finding.function, needs.unnamed));
    addCallee(run, *module, finding, needs);
  } else if (module != nullptr && asksForImport(finding.code)) {
    addImport(*module, finding, needs);
  } else if (isOverflow(finding.code) && cycle != nullptr) {
    std::uint64_t highest = 0;
    for (const Step& step : cycle->unwind) highest = std::max(highest, step.position);
    needs.bufferSize = std::max(needs.bufferSize, roomFor(highest - cycle->startUnwind.position));
  }
  std::string words = hostAdvice(finding);
  if (words.empty()) words = adviceInWords(finding.code);
  if (!words.empty()) {
    needs.addWords(std::move(words));
  }
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
