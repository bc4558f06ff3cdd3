#include "analyzer/check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analyzer/advice/spelling.h"
#include "analyzer/check/rules.h"
#include "analyzer/invariants/invariants.h"
#include "analyzer/invariants/left_out.h"
#include "instrument/callgraph/type_classes.h"

namespace asyncscope::check {
namespace {

using analyzer::Harm;
using asyncify::FunctionInfo;
using asyncify::Site;
using asyncify::SiteKind;

const char* siteName(SiteKind kind) {
  return analyzer::siteKindName(static_cast<record::SiteKind>(kind));
}

const char* unrefinedText(callgraph::Unrefined why) {
  switch (why) {
    case callgraph::Unrefined::No:
      return "";
    case callgraph::Unrefined::DynamicTable:
      return "the loader decides where functions lie in the table";
    case callgraph::Unrefined::TableWritten:
      return "the code writes the table";
    case callgraph::Unrefined::NotConstants:
      return "most functions in the table have their index nowhere in the module";
  }
  return "";
}

// Finds the ways, and spells what is on them.
class Reporter {
 public:
  Reporter(const CheckInput& input, const SuspendGraph& graph) : input_(input), graph_(graph) {}

  std::vector<PathStep> pathTo(const OpenSite& open) const {
    std::vector<PathStep> path;
    path.push_back(step(open.function->index, open.site->offset, open.site->kind, false));
    addHostFrames(open.site->offset, path);
    std::uint32_t at = open.way.callee;
    for (std::size_t n = 0; n <= input_.module.functions.size(); ++n) {
      const std::optional<Way>& way = graph_.function(at);
      if (!way || way->callee == wasm::kNoIndex) break;
      const Site* site = siteAt(at, way->site);
      path.push_back(step(at, way->site, site == nullptr ? SiteKind::Call : site->kind,
                          site != nullptr && site->guarded));
      addHostFrames(way->site, path);
      at = way->callee;
    }
    PathStep import;
    import.function = at;
    import.text = nameOf(input_, at);
    path.push_back(import);
    std::reverse(path.begin(), path.end());
    return path;
  }

 private:
  PathStep step(std::uint32_t function, std::uint32_t offset, SiteKind kind, bool guarded) const {
    PathStep entry;
    entry.function = function;
    entry.text = nameOf(input_, function);
    entry.offset = offset;
    entry.kind = kind;
    entry.guarded = guarded;
    return entry;
  }

  const Site* siteAt(std::uint32_t function, std::uint32_t offset) const {
    const FunctionInfo* entry = input_.info.function(function);
    if (entry == nullptr) return nullptr;
    for (const Site& site : input_.info.sitesOf(*entry)) {
      if (site.offset == offset) return &site;
    }
    return nullptr;
  }

  // Under a call of invoke_vi stand its JavaScript and, where there is one, the thunk that it
  // calls.
  void addHostFrames(std::uint32_t offset, std::vector<PathStep>& path) const {
    const callgraph::TargetSite* target = input_.targets.at(offset);
    if (target == nullptr || target->import == wasm::kNoIndex) return;
    const wasm::Import& import =
        input_.module.imports[input_.module.functions[target->import].import];
    PathStep host;
    host.text = "JS " + std::string(import.name);
    path.push_back(host);
    const auto letters = callgraph::tableCallLetters(import);
    const wasm::Export* thunk = input_.module.findExport(
        "dynCall_" + std::string(letters.value_or("")), wasm::ExternalKind::Function);
    const FunctionInfo* function = thunk == nullptr ? nullptr : input_.info.function(thunk->index);
    if (function == nullptr) return;
    for (const Site& site : input_.info.sitesOf(*function)) {
      if (site.kind == SiteKind::Call) continue;
      path.push_back(step(function->index, site.offset, site.kind, site.guarded));
      return;
    }
  }

  const CheckInput& input_;
  const SuspendGraph& graph_;
};

std::string harmText(const OpenSite& open, const std::string& who) {
  switch (open.consequence) {
    case Consequence::PopsForeignRecord:
      return "On the rewind it pops a record that another frame pushed, and skips the call.";
    case Consequence::MovesStackPointer:
      return fmt::format(
          "{} moves the C stack pointer: after the rewind sleeping frames lie below it and are "
          "overwritten{}.",
          who,
          open.effects.any() ? fmt::format(" (and it has effects: {})", open.effects.what) : "");
    case Consequence::RepeatsEffects:
      return fmt::format(
          "What it does around the call is done {}: {}.",
          open.effects.before ? "twice" : "with a result that is none",
          open.effects.what.empty() ? "the call itself, in a loop" : open.effects.what);
    case Consequence::Transparent:
      return "It only forwards, so it survives until its code changes.";
  }
  return "";
}

std::string causeText(const CheckInput& input, const OpenSite& open, const std::string& who) {
  const std::string call =
      fmt::format("the {} at {:#x}", siteName(open.site->kind), open.site->offset);
  if (open.cause == "wasm-eh-unwind-from-catch") {
    return fmt::format("{} stands in a catch body of {}, where Asyncify instruments nothing.", call,
                       who);
  }
  if (open.function->instrumented) {
    return fmt::format("{} is instrumented, but {} in it is not.", who, call);
  }
  if (open.cause == "dyncall-thunk-uninstrumented") {
    return fmt::format("{} is a thunk under invoke_* and is not instrumented.", who);
  }
  if (open.cause == "uninstrumented-frame-indirect") {
    return fmt::format(
        "{} is not instrumented, because Asyncify followed no indirect calls: {} pushes no record.",
        who, call);
  }
  if (open.cause == "import-not-listed" || open.cause == "invoke-signature-missing") {
    return fmt::format(
        "{} is not instrumented, because Asyncify was not told that what {} calls can suspend.",
        who, call);
  }
  const FunctionInfo* callee =
      open.site->kind == SiteKind::Call ? input.info.function(open.site->target) : nullptr;
  return fmt::format("{} is not instrumented although {} in it can suspend: {}.", who, call,
                     analyzer::leftOutText(callee != nullptr && callee->inElements));
}

std::string reachText(const OpenSite& open) {
  if (open.site->kind == SiteKind::Call && open.reach == Reach::Certain) {
    return "Direct calls and known indices lead from there to a suspend.";
  }
  if (open.callees.possible == 0) return "";
  return fmt::format(
      "Of the functions that it can call there, {} may suspend by where the index lies, {} by type "
      "alone.",
      open.callees.likely, open.callees.possible);
}

// A sentence may begin with a name, which stays as it is.
std::string sentence(std::string text) {
  if (text.starts_with("the ")) text[0] = 'T';
  return text;
}

void addNeeds(const CheckInput& input, const OpenSite& open, analyzer::Needs& needs) {
  if (open.cause == "wasm-eh-unwind-from-catch") return;
  needs.addFunction(listName(input, open.function->index, needs.unnamed));
  if (open.cause == "addlist-callsite-gap" && open.site->kind == SiteKind::Call &&
      open.site->target >= input.module.importedFunctionCount) {
    needs.addFunction(listName(input, open.site->target, needs.unnamed));
  }
}

StaticFinding findingOf(const CheckInput& input, const OpenSite& open, const Reporter& reporter) {
  StaticFinding finding;
  const std::string who = nameOf(input, open.function->index);
  finding.code = open.code;
  finding.cause = open.cause == open.code ? "" : open.cause;
  finding.consequence = consequenceName(open.consequence);
  finding.reach = open.reach;
  finding.harm = open.reach == Reach::Possible ? Harm::NotDetermined
                 : open.breaks()               ? Harm::Breaks
                                               : Harm::Latent;
  finding.function = functionRef(input, open.function->index);
  finding.site =
      analyzer::SiteRef{open.site->offset, static_cast<record::SiteKind>(open.site->kind)};
  finding.path = reporter.pathTo(open);
  finding.explanation = sentence(causeText(input, open, who)) + " " +
                        (open.trapsAtOnce ? "Asyncify's asserts stand behind it: it traps at once."
                                          : harmText(open, who));
  if (const std::string text = reachText(open); !text.empty()) finding.explanation += " " + text;
  analyzer::Needs needs;
  addNeeds(input, open, needs);
  if (open.cause == "uninstrumented-frame-list") {
    needs.addWords(
        "where ASYNCIFY_ONLY is used, put the names there; take them out of ASYNCIFY_REMOVE");
  } else if (open.cause == "wasm-eh-unwind-from-catch") {
    needs.addWords(
        "move the call out of the catch body: keep what was caught, and act on it behind");
  }
  finding.advice = analyzer::spell(needs);
  return finding;
}

Counts count(const CheckInput& input, const std::vector<OpenSite>& open) {
  Counts counts;
  counts.functions = input.module.functions.size() - input.module.importedFunctionCount;
  for (const FunctionInfo& function : input.info.functions) {
    counts.instrumented += function.instrumented ? 1 : 0;
    counts.maySuspend += function.maySuspend ? 1 : 0;
    counts.runtime += function.runtime ? 1 : 0;
  }
  for (const Site& site : input.info.sites) counts.guardedSites += site.guarded ? 1 : 0;
  for (const OpenSite& site : open) {
    ++(site.reach == Reach::Possible ? counts.openPossibleSites : counts.openSites);
  }
  return counts;
}

int rankOf(const StaticFinding& finding) {
  if (finding.costOnly) return 4;
  if (finding.harm == Harm::Breaks) return 0;
  return finding.harm == Harm::Latent ? 1 : 2;
}

void sortFindings(std::vector<StaticFinding>& findings) {
  std::stable_sort(
      findings.begin(), findings.end(),
      [](const StaticFinding& a, const StaticFinding& b) { return rankOf(a) < rankOf(b); });
}

}  // namespace

Refinement refinementOf(const callgraph::Targets& targets) {
  Refinement refinement;
  for (const callgraph::TargetSite& site : targets.sites()) {
    ++refinement.sites;
    refinement.bySignature += site.bySignature;
    refinement.inTable += site.inTable;
    refinement.held += targets.functions(site.possible).size();
    refinement.bySlot += targets.functions(site.likely).size();
  }
  refinement.unrefined = unrefinedText(targets.unrefined());
  return refinement;
}

std::string nameOf(const CheckInput& input, std::uint32_t function) {
  if (function < input.module.importedFunctionCount) {
    const wasm::Import& import = input.module.imports[input.module.functions[function].import];
    return fmt::format("{}.{}", import.module, import.name);
  }
  return analyzer::functionText(functionRef(input, function));
}

analyzer::FunctionRef functionRef(const CheckInput& input, std::uint32_t function) {
  analyzer::FunctionRef ref;
  ref.index = function;
  if (function < input.names.size()) ref.name = input.names[function];
  if (!ref.name.empty()) return ref;
  ref.isListName = false;
  for (const wasm::Export& entry : input.module.exports) {
    if (entry.kind != wasm::ExternalKind::Function || entry.index != function) continue;
    ref.name = entry.name;
    break;
  }
  return ref;
}

std::string listName(const CheckInput& input, std::uint32_t function, bool& unnamed) {
  const analyzer::FunctionRef ref = functionRef(input, function);
  if (ref.isListName) return ref.name;
  unnamed = true;
  return std::to_string(function - input.module.importedFunctionCount);
}

bool counts(const StaticFinding& finding) {
  return !finding.costOnly && finding.harm != Harm::NotDetermined;
}

void addLints(std::vector<StaticFinding> lints, Check& check) {
  // The same said twice, by the line and by the module, is said once: the module has the place.
  std::erase_if(lints, [&](const StaticFinding& lint) {
    return std::any_of(check.findings.begin(), check.findings.end(),
                       [&](const StaticFinding& found) {
                         return found.code == lint.code || found.cause == lint.code;
                       });
  });
  check.findings.insert(check.findings.begin(), std::make_move_iterator(lints.begin()),
                        std::make_move_iterator(lints.end()));
  sortFindings(check.findings);
}

Check check(const CheckInput& input, const SuspendGraph& graph) {
  Check result;
  result.openSites = findOpenSites(input.module, input.info, graph);
  result.counts = count(input, result.openSites);
  result.suspendIsKnown = !graph.starts().empty();
  result.refinement = refinementOf(input.targets);
  result.configuration = inferConfiguration(input.module, input.info);
  const Reporter reporter(input, graph);
  analyzer::Needs needs;
  for (const OpenSite& open : result.openSites) {
    result.findings.push_back(findingOf(input, open, reporter));
    if (open.reach != Reach::Possible) addNeeds(input, open, needs);
  }
  addRuleFindings(input, graph, result.findings, needs);
  sortFindings(result.findings);
  result.advice = analyzer::spell(needs);
  return result;
}

}  // namespace asyncscope::check
