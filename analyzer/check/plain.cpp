#include "analyzer/check/plain.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/check/lints.h"
#include "analyzer/check/rules.h"
#include "analyzer/check/suspend_graph.h"
#include "instrument/asyncify/known_imports.h"
#include "instrument/asyncify/recognise.h"
#include "instrument/callgraph/type_classes.h"
#include "instrument/module/instruction.h"

namespace asyncscope::check {
namespace {

namespace Op = wasm::Op;
using analyzer::Harm;
using asyncify::FunctionInfo;

std::vector<std::uint32_t> chooseImports(const wasm::Module& module,
                                         const std::vector<std::string>& wanted, bool& guessed) {
  std::vector<std::uint32_t> chosen, all;
  for (const wasm::Import& import : module.imports) {
    if (import.kind != wasm::ExternalKind::Function) continue;
    all.push_back(import.index);
    const std::string whole = fmt::format("{}.{}", import.module, import.name);
    const bool named =
        wanted.empty()
            ? asyncify::isKnownSuspending(import)
            : std::any_of(wanted.begin(), wanted.end(), [&](const std::string& entry) {
                return matches(entry.find('.') == std::string::npos ? "env." + entry : entry,
                               whole);
              });
    if (named) chosen.push_back(import.index);
  }
  guessed = wanted.empty();
  // Where no name says anything, any import may suspend: so the pass has it too.
  return guessed && chosen.empty() ? all : chosen;
}

class Features {
 public:
  Features(const wasm::Module& module, const std::vector<std::string>& names,
           const std::vector<bool>& needed)
      : module_(module), names_(names), needed_(needed) {}

  std::vector<StaticFinding> run() {
    for (std::uint32_t function = module_.importedFunctionCount;
         function < module_.functions.size(); ++function) {
      if (needed_[function]) scan(function);
    }
    return std::move(findings_);
  }

 private:
  void scan(std::uint32_t function);
  void add(const char* code, std::uint32_t function, std::string explanation, const char* mend) {
    if (std::any_of(findings_.begin(), findings_.end(),
                    [&](const StaticFinding& finding) { return finding.code == code; })) {
      return;  // one of a kind is enough to know
    }
    StaticFinding finding;
    finding.code = code;
    finding.phase = analyzer::Phase::Build;
    finding.reach = Reach::Likely;
    analyzer::FunctionRef ref;
    ref.index = function;
    if (function < names_.size()) ref.name = names_[function];
    finding.function = ref;
    finding.explanation = std::move(explanation);
    finding.advice.text = mend;
    findings_.push_back(std::move(finding));
  }

  const wasm::Module& module_;
  const std::vector<std::string>& names_;
  const std::vector<bool>& needed_;
  std::vector<StaticFinding> findings_;
};

void Features::scan(std::uint32_t function) {
  const wasm::FunctionType type = module_.functionType(function);
  bool references = std::any_of(type.params.begin(), type.params.end(),
                                [](wasm::ValueType value) { return value.isReference(); });
  for (const wasm::LocalGroup& group : module_.localGroups(function)) {
    references = references || group.type.isReference();
  }
  if (references) {
    add("reference-types-unsupported", function,
        "A function that can suspend has a local that is a reference: linear memory cannot hold "
        "it, "
        "and the pass refuses the module.",
        "keep a number, and look the reference up in a table");
  }
  wasm::InstructionReader reader(module_, function);
  wasm::Instruction instruction;
  while (reader.next(instruction)) {
    switch (instruction.opcode) {
      case Op::ReturnCall:
      case Op::ReturnCallIndirect:
      case Op::ReturnCallRef:
        add("tail-call-unsupported", function,
            fmt::format(
                "A function that can suspend makes a tail call, at {:#x}: the pass refuses the "
                "module.",
                instruction.offset),
            "compile without tail calls (-mno-tail-call)");
        break;
      case Op::Try:
      case Op::TryTable:
        add("wasm-eh-build-conflict", function,
            fmt::format(
                "A function that can suspend has exceptions of the engine, at {:#x}: Binaryen 108 "
                "refuses the module, and later ones instrument no catch body.",
                instruction.offset),
            "use -fexceptions, and -sSUPPORT_LONGJMP=emscripten");
        break;
      default:
        break;
    }
  }
}

}  // namespace

support::Result<PlainCheck> checkPlain(const wasm::Module& module,
                                       const std::vector<std::string>& names,
                                       const std::vector<std::string>& imports) {
  PlainCheck result;
  result.functions = module.functions.size() - module.importedFunctionCount;
  const auto suspending = chooseImports(module, imports, result.guessed);
  for (const std::uint32_t import : suspending) {
    const wasm::Import& entry = module.imports[module.functions[import].import];
    result.suspending.push_back(fmt::format("{}.{}", entry.module, entry.name));
  }
  const auto info = asyncify::imagine(module, suspending);
  if (!info) return tl::unexpected(info.error());
  const auto targets =
      callgraph::Targets::find(module, {wasm::kNoIndex, wasm::kNoIndex, info->stackPointer});
  if (!targets) return tl::unexpected(targets.error());
  const SuspendGraph graph(module, *info, *targets);
  std::vector<bool> needed(module.functions.size());
  for (const FunctionInfo& function : info->functions) {
    const auto& way = graph.function(function.index);
    if (!way) continue;
    needed[function.index] = true;
    result.possible.push_back(function.index);
    if (way->reach != Reach::Possible) result.likely.push_back(function.index);
  }
  result.refinement = refinementOf(*targets);
  result.findings = Features(module, names, needed).run();
  return result;
}

}  // namespace asyncscope::check
