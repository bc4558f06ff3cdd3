#include "analyzer/check/open_sites.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "instrument/callgraph/type_classes.h"
#include "instrument/module/instruction.h"

namespace asyncscope::check {
namespace {

using asyncify::FunctionInfo;
using asyncify::Site;
using asyncify::SiteKind;

// Whether the code takes its parameters, the first of them last, and calls.
bool onlyHandsOver(const wasm::Module& module, std::uint32_t function) {
  wasm::InstructionReader reader(module, function);
  wasm::Instruction instruction;
  bool first = false;
  while (reader.next(instruction)) {
    switch (instruction.opcode) {
      case wasm::Op::LocalGet:
        first = instruction.index == 0;
        break;
      case wasm::Op::CallIndirect:
      case wasm::Op::ReturnCallIndirect:
        if (!first) return false;
        break;
      case wasm::Op::Return:
      case wasm::Op::End:
        break;
      default:
        return false;
    }
  }
  return !reader.failed();
}

// A thunk of Emscripten: exported as dynCall_*, or under a minified name, and nothing but the call
// of its first parameter with the others.
bool isDynCallThunk(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                    const FunctionInfo& function) {
  const auto sites = info.sitesOf(function);
  const bool oneCall = sites.size() == 1 && sites[0].kind == SiteKind::CallIndirect;
  bool exported = false;
  for (const wasm::Export& entry : module.exports) {
    if (entry.kind == wasm::ExternalKind::Function && entry.index == function.index) {
      exported = true;
      if (entry.name.starts_with("dynCall_") && !sites.empty()) return true;
    }
  }
  if (!exported || !oneCall) return false;
  const auto own = module.functionType(function.index).params;
  const auto callee = module.signature(sites[0].target).params;
  return own.size() == callee.size() + 1 && own[0] == wasm::kI32 &&
         std::equal(callee.begin(), callee.end(), own.begin() + 1) &&
         onlyHandsOver(module, function.index);
}

// What Binaryen's merging of similar functions leaves behind: it hands its parameters and some
// constants to the one body that they now share, and does nothing else. The body saves the frame
// for both; entered again, the thunk hands over the same.
bool isMergedThunk(const wasm::Module& module, std::uint32_t function) {
  wasm::InstructionReader reader(module, function);
  wasm::Instruction instruction;
  const std::size_t params = module.functionType(function).params.size();
  std::size_t passed = 0;
  std::size_t constants = 0;
  while (reader.next(instruction)) {
    switch (instruction.opcode) {
      case wasm::Op::LocalGet:
        if (instruction.index != passed || constants > 0) return false;
        ++passed;
        break;
      case wasm::Op::I32Const:
      case wasm::Op::I64Const:
      case wasm::Op::F32Const:
      case wasm::Op::F64Const:
        ++constants;
        break;
      case wasm::Op::Call:
        return passed == params && constants > 0 &&
               module.functionType(instruction.index).params.size() == passed + constants &&
               reader.next(instruction) && instruction.opcode == wasm::Op::End;
      default:
        return false;
    }
  }
  return false;
}

// A thunk that no invoke_* of the module goes through: the host may call it, from where nothing
// says.
bool isUncalledThunk(const wasm::Module& module, std::uint32_t function) {
  for (const wasm::Export& entry : module.exports) {
    if (entry.kind != wasm::ExternalKind::Function || entry.index != function ||
        !entry.name.starts_with("dynCall_")) {
      continue;
    }
    const std::string invoke = "invoke_" + std::string(entry.name.substr(8));
    return std::none_of(module.imports.begin(), module.imports.end(),
                        [&](const wasm::Import& import) { return import.name == invoke; });
  }
  return false;
}

class Judge {
 public:
  Judge(const wasm::Module& module, const asyncify::AsyncifyInfo& info, const SuspendGraph& graph)
      : module_(module), info_(info), graph_(graph) {}

  // Why nothing guards this call: the same question that invariants/records.cpp asks of a frame.
  std::string causeOf(const FunctionInfo& function, const Site& site) const {
    if (site.inCatch) return "wasm-eh-unwind-from-catch";
    if (function.instrumented) {
      return site.kind == SiteKind::Call ? "addlist-callsite-gap"
                                         : "uninstrumented-callsite-in-instrumented-frame";
    }
    if (site.kind != SiteKind::Call) {
      if (!info_.indirectIgnored) return "uninstrumented-frame-list";
      return isDynCallThunk(module_, info_, function) ? "dyncall-thunk-uninstrumented"
                                                      : "uninstrumented-frame-indirect";
    }
    return reasonOf(site);
  }

 private:
  // A direct call of a plain function is unguarded for the reason for which its callee is plain.
  std::string reasonOf(const Site& site) const {
    const Site* at = &site;
    for (std::size_t steps = 0; steps <= info_.functions.size(); ++steps) {
      if (at->kind != SiteKind::Call) {
        return info_.indirectIgnored ? "uninstrumented-frame-indirect"
                                     : "uninstrumented-frame-list";
      }
      if (at->target < module_.importedFunctionCount) {
        const bool isListed = std::binary_search(info_.suspendingImports.begin(),
                                                 info_.suspendingImports.end(), at->target);
        return isListed ? "uninstrumented-frame-list" : unlistedInvokeCode(module_, info_);
      }
      const FunctionInfo* callee = info_.function(at->target);
      const auto& way = graph_.function(at->target);
      if (callee == nullptr || callee->instrumented || callee->runtime || !way) break;
      const auto sites = info_.sitesOf(*callee);
      const auto next = std::find_if(sites.begin(), sites.end(),
                                     [&](const Site& entry) { return entry.offset == way->site; });
      if (next == sites.end()) break;
      at = &*next;
    }
    return "uninstrumented-frame-list";
  }

  const wasm::Module& module_;
  const asyncify::AsyncifyInfo& info_;
  const SuspendGraph& graph_;
};

Consequence consequenceOf(const FunctionInfo& function, const FrameEffects& effects) {
  if (function.instrumented) return Consequence::PopsForeignRecord;
  if (effects.movesStackPointer) return Consequence::MovesStackPointer;
  return effects.any() ? Consequence::RepeatsEffects : Consequence::Transparent;
}

// A plain frame is named after its consequence where that has a name of its own.
std::string codeOf(const OpenSite& site) {
  if (site.trapsAtOnce || site.function->instrumented) return site.cause;
  if (site.consequence == Consequence::MovesStackPointer) return "uninstrumented-frame-sp-skew";
  if (site.consequence == Consequence::Transparent) return "accidental-transparency";
  return site.cause;
}

}  // namespace

std::string unlistedInvokeCode(const wasm::Module& module, const asyncify::AsyncifyInfo& info) {
  const auto& listed = info.suspendingImports;
  const bool others = std::any_of(listed.begin(), listed.end(), [&](std::uint32_t import) {
    return callgraph::tableCallLetters(module.imports[module.functions[import].import]).has_value();
  });
  return others ? "invoke-signature-missing" : "import-not-listed";
}

const char* consequenceName(Consequence consequence) {
  switch (consequence) {
    case Consequence::PopsForeignRecord:
      return "pops-foreign-record";
    case Consequence::MovesStackPointer:
      return "moves-stack-pointer";
    case Consequence::RepeatsEffects:
      return "repeats-effects";
    case Consequence::Transparent:
      return "transparent";
  }
  return "";
}

std::vector<OpenSite> findOpenSites(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                                    const SuspendGraph& graph) {
  const Judge judge(module, info, graph);
  std::vector<OpenSite> open;
  for (const FunctionInfo& function : info.functions) {
    if (function.runtime || (!function.instrumented && isMergedThunk(module, function.index))) {
      continue;
    }
    std::optional<FunctionEffects> effects;
    const bool uncalled = isUncalledThunk(module, function.index);
    for (const Site& site : info.sitesOf(function)) {
      const auto number = static_cast<std::size_t>(&site - info.sites.data());
      const auto& way = graph.site(number);
      if (site.guarded || site.tail || !way) continue;
      if (!effects) effects.emplace(module, info, function.index);
      OpenSite entry;
      entry.function = &function;
      entry.site = &site;
      entry.reach = uncalled ? Reach::Possible : way->reach;
      entry.way = *way;
      entry.effects = effects->around(site.offset);
      entry.trapsAtOnce = !function.instrumented && entry.effects.assertsBehind;
      entry.cause = judge.causeOf(function, site);
      entry.consequence = consequenceOf(function, entry.effects);
      entry.code = codeOf(entry);
      entry.callees = graph.calleesOf(site);
      open.push_back(std::move(entry));
    }
  }
  std::stable_sort(open.begin(), open.end(), [](const OpenSite& a, const OpenSite& b) {
    return std::tuple(a.reach == Reach::Possible, a.consequence, a.way.indirect, a.way.length) <
           std::tuple(b.reach == Reach::Possible, b.consequence, b.way.indirect, b.way.length);
  });
  return open;
}

}  // namespace asyncscope::check
