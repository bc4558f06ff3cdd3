#include "analyzer/check/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "instrument/module/instruction.h"

namespace asyncscope::check {
namespace {

namespace Op = wasm::Op;
using asyncify::FunctionInfo;
using asyncify::Site;
using asyncify::SiteKind;

// Flattened code has a local for every expression; optimised code of compilers stays far below.
constexpr double kFlatLocalsPerByte = 0.06;

std::string plural(std::size_t count, const char* one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

Inferred indirectCalls(const asyncify::AsyncifyInfo& info) {
  std::size_t open = 0, guarded = 0;
  for (const FunctionInfo& function : info.functions) {
    if (!function.instrumented || function.runtime) continue;
    for (const Site& site : info.sitesOf(function)) {
      if (site.kind != SiteKind::CallIndirect || site.inCatch) continue;
      ++(site.guarded ? guarded : open);
    }
  }
  Inferred entry("indirect_calls");
  entry.value = info.indirectIgnored ? "ignored" : "followed";
  if (info.indirectIgnored && open > 0) {
    entry.certain = true;
    entry.because =
        fmt::format("{} in instrumented functions are not guarded", plural(open, "indirect call"));
  } else if (info.indirectIgnored) {
    entry.because = "most functions with indirect calls are not instrumented";
  } else if (guarded > 0) {
    entry.certain = open == 0;
    entry.because = fmt::format("all {} in instrumented functions are guarded",
                                plural(guarded, "indirect call"));
  } else {
    entry.value = "not determined";
    entry.because = "instrumented functions make no indirect calls";
  }
  return entry;
}

// Whether the pass took this callee for one that changes the state.
bool isOfficial(const asyncify::AsyncifyInfo& info, const wasm::Module& module,
                std::uint32_t callee) {
  if (callee < module.importedFunctionCount) {
    return std::binary_search(info.suspendingImports.begin(), info.suspendingImports.end(), callee);
  }
  const FunctionInfo* function = info.function(callee);
  return function != nullptr && function->instrumented;
}

std::vector<Inferred> lists(const wasm::Module& module, const asyncify::AsyncifyInfo& info) {
  std::size_t leftOut = 0, doubtful = 0, added = 0;
  for (const FunctionInfo& function : info.functions) {
    if (function.runtime) continue;
    const auto sites = info.sitesOf(function);
    if (!function.instrumented) {
      // A call that can have gone through the table may be direct only since the pass ran.
      bool isLeftOut = false, isDoubtful = false;
      for (const Site& site : sites) {
        if (site.kind != SiteKind::Call || site.inCatch || !isOfficial(info, module, site.target)) {
          continue;
        }
        const FunctionInfo* callee = info.function(site.target);
        (callee != nullptr && callee->inElements ? isDoubtful : isLeftOut) = true;
      }
      leftOut += isLeftOut;
      doubtful += isDoubtful && !isLeftOut;
    } else if (info.indirectIgnored) {
      added += std::any_of(sites.begin(), sites.end(), [](const Site& site) {
        return site.kind == SiteKind::CallIndirect && site.guarded;
      });
    }
  }
  Inferred only("only_or_remove_list");
  only.value = leftOut > 0 ? "yes" : doubtful > 0 ? "not determined" : "none seen";
  only.certain = leftOut > 0;
  only.because = leftOut > 0 ? plural(leftOut, "plain function") +
                                   " call an instrumented function or a suspending import directly"
                 : doubtful > 0
                     ? plural(doubtful, "plain function") +
                           " call instrumented functions that a table holds: such calls can have "
                           "been made direct after the pass"
                     : "every direct caller of what can suspend is instrumented";
  Inferred add("add_list");
  add.value = added > 0 ? "yes" : "none seen";
  add.certain = added > 0;
  add.because = added > 0 ? plural(added, "function") +
                                " have guarded indirect calls although those are ignored"
                          : "no function is guarded beyond the rule for all";
  return {only, add};
}

Inferred imports(const wasm::Module& module, const asyncify::AsyncifyInfo& info) {
  std::vector<std::string> names;
  std::size_t functions = 0;
  for (const wasm::Import& import : module.imports) {
    if (import.kind != wasm::ExternalKind::Function) continue;
    ++functions;
    if (std::binary_search(info.suspendingImports.begin(), info.suspendingImports.end(),
                           import.index)) {
      names.push_back(fmt::format("{}.{}", import.module, import.name));
    }
  }
  Inferred entry("suspending_imports");
  entry.certain = true;
  entry.because = "calls of them are guarded";
  entry.value = names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
  if (names.empty()) {
    entry.because = "no import is called at a guarded site";
  } else if (names.size() == functions) {
    entry.value = fmt::format("all {}", functions);
    entry.because = "every import is called at guarded sites: there was no list";
    entry.certain = functions > 1;
  }
  return entry;
}

// With asserts every plain function compares the state around its calls.
Inferred asserts(const wasm::Module& module, const asyncify::AsyncifyInfo& info) {
  std::vector<bool> skip(module.functions.size());
  for (const FunctionInfo& function : info.functions) {
    skip[function.index] = function.instrumented || function.runtime;
  }
  for (const asyncify::Control& control : info.controls) {
    if (control.function != wasm::kNoIndex) skip[control.function] = true;
  }
  std::uint32_t found = wasm::kNoIndex;
  for (std::uint32_t function = module.importedFunctionCount;
       function < module.functions.size() && found == wasm::kNoIndex; ++function) {
    if (skip[function]) continue;
    wasm::InstructionReader reader(module, function);
    reader.forEachPlace([&](std::uint32_t offset) { return module.bytes[offset] != Op::GlobalGet; },
                        [&](std::uint32_t offset, std::uint32_t) {
                          if (module.bytes[offset] == Op::GlobalGet &&
                              wasm::indexAt(module, offset) == info.globals.state) {
                            found = function;
                          }
                        });
  }
  Inferred entry("asserts");
  entry.value = found == wasm::kNoIndex ? "no" : "yes";
  entry.certain = found != wasm::kNoIndex;
  entry.because = found == wasm::kNoIndex
                      ? "no plain function tests the state"
                      : fmt::format("func[{}], which is plain, tests the state", found);
  return entry;
}

Inferred optimised(const wasm::Module& module, const asyncify::AsyncifyInfo& info) {
  std::uint64_t locals = 0, bytes = 0;
  for (const FunctionInfo& function : info.functions) {
    if (!function.instrumented) continue;
    locals += module.totalLocals(function.index);
    bytes += function.code.size();
  }
  Inferred entry("optimised");
  if (bytes == 0) {
    entry.value = "not determined";
    entry.because = "nothing is instrumented";
    return entry;
  }
  const double ratio = static_cast<double>(locals) / static_cast<double>(bytes);
  entry.value = ratio < kFlatLocalsPerByte ? "yes" : "no";
  entry.because =
      fmt::format("instrumented functions have {:.1f} locals per 100 bytes of code{}", 100 * ratio,
                  ratio < kFlatLocalsPerByte ? "" : ": one for each expression");
  return entry;
}

}  // namespace

std::vector<Inferred> inferConfiguration(const wasm::Module& module,
                                         const asyncify::AsyncifyInfo& info) {
  std::vector<Inferred> all{indirectCalls(info)};
  for (Inferred& entry : lists(module, info)) all.push_back(std::move(entry));
  all.push_back(imports(module, info));
  all.push_back(asserts(module, info));
  all.push_back(optimised(module, info));
  return all;
}

}  // namespace asyncscope::check
