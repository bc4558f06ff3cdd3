#include "analyzer/check/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "analyzer/check/open_sites.h"
#include "instrument/asyncify/known_imports.h"
#include "instrument/callgraph/type_classes.h"

namespace asyncscope::check {
namespace {

using analyzer::Harm;
using analyzer::Phase;
using asyncify::FunctionInfo;
using asyncify::Site;
using asyncify::SiteKind;

// What engines take, parameters included.
constexpr std::uint64_t kMaximalLocals = 50'000;
// More of the instrumented functions than this without a way to a suspend is worth a word.
constexpr double kOverreach = 0.33;
constexpr std::size_t kLeastOverreach = 5;

class Rules {
 public:
  Rules(const CheckInput& input, const SuspendGraph& graph, std::vector<StaticFinding>& findings,
        analyzer::Needs& needs)
      : input_(input), graph_(graph), findings_(findings), needs_(needs) {}

  void unlistedImports();
  void bigIntegers();
  void manyLocals();
  void inlinedRuntime();
  void catchBodies();
  void overreach();

 private:
  bool isListed(std::uint32_t import) const {
    const auto& listed = input_.info.suspendingImports;
    return std::binary_search(listed.begin(), listed.end(), import);
  }
  void addUnlisted(const wasm::Import& import, const std::string& code, Reach reach,
                   std::string explanation);

  const CheckInput& input_;
  const SuspendGraph& graph_;
  std::vector<StaticFinding>& findings_;
  analyzer::Needs& needs_;
};

void Rules::addUnlisted(const wasm::Import& import, const std::string& code, Reach reach,
                        std::string explanation) {
  const Site* site = callOfImport(input_, import.index);
  if (site == nullptr) return;
  StaticFinding finding;
  finding.code = code;
  finding.reach = reach;
  finding.harm = Harm::Breaks;
  finding.function = functionRef(input_, site->function);
  finding.site = analyzer::SiteRef{site->offset, record::SiteKind::Call};
  finding.explanation = std::move(explanation);
  analyzer::Needs needs;
  for (const std::uint32_t listed : input_.info.suspendingImports) {
    const wasm::Import& other = input_.module.imports[input_.module.functions[listed].import];
    needs.addImport(other.module, other.name);
    needs_.addImport(other.module, other.name);
  }
  needs.addImport(import.module, import.name);
  needs_.addImport(import.module, import.name);
  finding.advice = analyzer::spell(needs);
  findings_.push_back(std::move(finding));
}

void Rules::unlistedImports() {
  const wasm::Module& module = input_.module;
  // An import such as invoke_vi suspends where a call of it can lead to a suspend.
  std::vector<const Way*> through(module.importedFunctionCount);
  std::vector<std::uint32_t> siteOf(module.importedFunctionCount);
  for (std::size_t i = 0; i < input_.info.sites.size(); ++i) {
    const Site& site = input_.info.sites[i];
    const auto& way = graph_.site(i);
    if (site.kind != SiteKind::Call || site.target >= module.importedFunctionCount || !way) {
      continue;
    }
    const Way*& best = through[site.target];
    if (best == nullptr || way->rank() < best->rank()) best = &*way;
  }
  for (const wasm::Import& import : module.imports) {
    if (import.kind != wasm::ExternalKind::Function || isListed(import.index)) continue;
    if (callgraph::tableCallLetters(import)) {
      const Way* way = through[import.index];
      if (way == nullptr || way->reach == Reach::Possible) continue;
      addUnlisted(import, unlistedInvokeCode(module, input_.info), way->reach,
                  fmt::format("{}.{} calls through the table into functions that can suspend, and "
                              "Asyncify was not told so: its callers are not guarded there.",
                              import.module, import.name));
    } else if (asyncify::isKnownSuspending(import)) {
      addUnlisted(import, "import-not-listed", Reach::Likely,
                  fmt::format("{}.{} suspends, as its name says, and Asyncify was not told so: its "
                              "callers are not guarded.",
                              import.module, import.name));
    }
  }
}

// Emscripten's glue hands the number 0 back while a suspending import unwinds, and calls an export
// without arguments to rewind it: a BigInt takes neither.
void Rules::bigIntegers() {
  const wasm::Module& module = input_.module;
  const bool isEmscripten =
      module.findExport("__indirect_function_table", wasm::ExternalKind::Table) != nullptr ||
      std::any_of(module.imports.begin(), module.imports.end(), [](const wasm::Import& import) {
        return import.name.starts_with("emscripten_") || import.name.starts_with("invoke_");
      });
  if (!isEmscripten) return;
  for (const std::uint32_t import : input_.info.suspendingImports) {
    const auto results = module.functionType(import).results;
    if (std::find(results.begin(), results.end(), wasm::kI64) == results.end()) continue;
    StaticFinding finding;
    finding.code = "async-return-bigint";
    finding.reach = Reach::Likely;
    if (const Site* site = callOfImport(input_, import)) {
      finding.function = functionRef(input_, site->function);
      finding.site = analyzer::SiteRef{site->offset, record::SiteKind::Call};
    }
    finding.explanation = fmt::format(
        "{} suspends and returns a 64-bit number. While it unwinds, Emscripten's handleSleep "
        "returns "
        "the number 0, which is no BigInt: the engine throws in the middle of the unwind.",
        nameOf(input_, import));
    finding.advice.text = "return two 32-bit numbers, or write the result to memory";
    findings_.push_back(std::move(finding));
  }
  for (const wasm::Export& entry : module.exports) {
    if (entry.kind != wasm::ExternalKind::Function) continue;
    const auto params = module.functionType(entry.index).params;
    const FunctionInfo* function = input_.info.function(entry.index);
    const auto& way = graph_.function(entry.index);
    if (function == nullptr || !function->maySuspend || function->runtime || !way ||
        way->reach == Reach::Possible || entry.name.starts_with("dynCall_") ||
        std::find(params.begin(), params.end(), wasm::kI64) == params.end()) {
      continue;
    }
    StaticFinding finding;
    finding.code = "rewind-args-bigint";
    finding.phase = Phase::Rewind;
    finding.reach = way->reach;
    finding.function = functionRef(input_, entry.index);
    finding.explanation = fmt::format(
        "The export {} takes a 64-bit number and can suspend. To rewind it, Emscripten calls it "
        "without arguments, and `undefined` is no BigInt.",
        entry.name);
    finding.advice.text = "take the number as two of 32 bits, or out of memory";
    findings_.push_back(std::move(finding));
  }
}

void Rules::manyLocals() {
  for (std::uint32_t function = input_.module.importedFunctionCount;
       function < input_.module.functions.size(); ++function) {
    const std::uint64_t locals = input_.module.totalLocals(function);
    if (locals <= kMaximalLocals) continue;
    StaticFinding finding;
    finding.code = "o0-locals-explosion";
    finding.phase = Phase::Build;
    finding.function = functionRef(input_, function);
    finding.explanation = fmt::format(
        "{} has {} locals, and engines take no more than {}: the module will not compile.",
        nameOf(input_, function), locals, kMaximalLocals);
    finding.advice.flags = {"-O1"};
    finding.advice.wasmOpt = {"-O1"};
    finding.advice.text = "optimise at the link too: Asyncify cleans up after itself only then";
    findings_.push_back(std::move(finding));
  }
}

// The runtime that starts an unwind inside the module must be a frame of its own: what it is
// inlined into is not instrumented.
void Rules::inlinedRuntime() {
  std::vector<std::uint8_t> does(input_.module.functions.size());
  enum : std::uint8_t { kInnermost = 1, kOutermost = 2 };
  std::vector<bool> isControl(input_.module.functions.size());
  for (const asyncify::Control& control : input_.info.controls) {
    if (control.function != wasm::kNoIndex) isControl[control.function] = true;
  }
  const auto roleOf = [](std::uint32_t value) {
    return value == 1 ? kInnermost : value == 2 ? kOutermost : 0;
  };
  for (const asyncify::ControlPoint& point : input_.info.controlPoints) {
    does[point.function] |= static_cast<std::uint8_t>(roleOf(point.value));
  }
  for (const Site& site : input_.info.sites) {
    if (site.kind == SiteKind::Call && isControl[site.target])
      does[site.function] |= does[site.target];
  }
  const bool anyInstrumented =
      std::any_of(input_.info.functions.begin(), input_.info.functions.end(),
                  [](const FunctionInfo& function) { return function.instrumented; });
  for (const FunctionInfo& function : input_.info.functions) {
    const bool both = does[function.index] == (kInnermost | kOutermost);
    const bool alone = !anyInstrumented && does[function.index] == kInnermost;
    if (isControl[function.index] || (!both && !alone)) continue;
    StaticFinding finding;
    finding.code = "runtime-function-inlined";
    finding.function = functionRef(input_, function.index);
    finding.explanation = fmt::format(
        "{} both starts unwinds and starts rewinds: the function that suspends was inlined into "
        "the "
        "one that resumes, and nothing between the two is instrumented.",
        nameOf(input_, function.index));
    finding.advice.text =
        "keep the functions that make control calls from being inlined (noinline), or run Asyncify "
        "before inlining";
    findings_.push_back(std::move(finding));
  }
}

// In an instrumented function without a guarded call, something else suspends: what it calls in its
// catch bodies, where nothing is guarded.
void Rules::catchBodies() {
  for (const FunctionInfo& function : input_.info.functions) {
    const auto sites = input_.info.sitesOf(function);
    if (!function.instrumented || function.runtime ||
        std::any_of(sites.begin(), sites.end(), [](const Site& site) { return site.guarded; })) {
      continue;
    }
    for (const Site& site : sites) {
      if (!site.inCatch || site.kind != SiteKind::Call ||
          site.target >= input_.module.importedFunctionCount) {
        continue;
      }
      StaticFinding finding;
      finding.code = "wasm-eh-unwind-from-catch";
      finding.reach = Reach::Likely;
      finding.function = functionRef(input_, function.index);
      finding.site = analyzer::SiteRef{site.offset, record::SiteKind::Call};
      finding.explanation = fmt::format(
          "{} is instrumented for nothing but a call in a catch body, at {:#x}, where Asyncify "
          "guards "
          "no call.",
          nameOf(input_, function.index), site.offset);
      finding.advice.text =
          "move the call out of the catch body: keep what was caught, and act on it behind";
      findings_.push_back(std::move(finding));
    }
  }
}

void Rules::overreach() {
  std::size_t instrumented = 0, needed = 0;
  for (const FunctionInfo& function : input_.info.functions) {
    if (!function.instrumented) continue;
    ++instrumented;
    const auto& way = graph_.function(function.index);
    needed += way && way->reach != Reach::Possible ? 1 : 0;
  }
  const std::size_t more = instrumented - needed;
  if (more < kLeastOverreach ||
      static_cast<double>(more) < kOverreach * static_cast<double>(instrumented)) {
    return;
  }
  StaticFinding finding;
  finding.code = "instrumentation-overreach";
  finding.phase = Phase::Build;
  finding.reach = Reach::Likely;
  finding.harm = Harm::Latent;
  finding.costOnly = true;
  finding.explanation = fmt::format(
      "Of {} instrumented functions {} have no likely way to a suspend: the module is larger and "
      "slower than it has to be.",
      instrumented, more);
  finding.advice.text =
      "-sASYNCIFY_IGNORE_INDIRECT with ASYNCIFY_ADD of the indirect callers that can suspend; "
      "`asyncscope fix` finds them";
  findings_.push_back(std::move(finding));
}

}  // namespace

const asyncify::Site* callOfImport(const CheckInput& input, std::uint32_t import) {
  for (const auto* sites : {&input.info.sites, &input.info.otherImportCalls}) {
    for (const Site& site : *sites) {
      if (site.kind == SiteKind::Call && site.target == import) return &site;
    }
  }
  return nullptr;
}

void addRuleFindings(const CheckInput& input, const SuspendGraph& graph,
                     std::vector<StaticFinding>& findings, analyzer::Needs& needs) {
  Rules rules(input, graph, findings, needs);
  rules.unlistedImports();
  rules.bigIntegers();
  rules.manyLocals();
  rules.inlinedRuntime();
  rules.catchBodies();
  rules.overreach();
}

}  // namespace asyncscope::check
