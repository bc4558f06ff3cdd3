#include "analyzer/check/dylink.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/advice/spelling.h"
#include "analyzer/check/rules.h"

namespace asyncscope::check {
namespace {

bool sharesState(const wasm::Module& module, const asyncify::AsyncifyInfo& info) {
  return module.globals[info.globals.state].import != wasm::kNoIndex;
}

}  // namespace

void addDylinkFindings(const CheckInput& input, const Companion& other, Check& check) {
  std::vector<StaticFinding> findings;
  const bool shared =
      sharesState(input.module, input.info) && sharesState(other.module, other.info);
  for (const wasm::Import& import : input.module.imports) {
    if (import.kind != wasm::ExternalKind::Function) continue;
    const wasm::Export* callee = other.module.findExport(import.name, wasm::ExternalKind::Function);
    const asyncify::FunctionInfo* function =
        callee == nullptr ? nullptr : other.info.function(callee->index);
    const asyncify::Site* site = callOfImport(input, import.index);
    if (function == nullptr || !function->maySuspend || site == nullptr) continue;
    StaticFinding finding;
    finding.function = functionRef(input, site->function);
    finding.site = analyzer::SiteRef{site->offset, record::SiteKind::Call};
    if (!shared) {
      finding.code = "dylink-globals-unshared";
      finding.explanation = fmt::format(
          "{} calls {} of another module, which can suspend, and the two have a state of Asyncify "
          "each: "
          "what one unwinds the other does not know of.",
          nameOf(input, site->function), import.name);
      finding.advice.wasmOpt = {"--pass-arg=asyncify-relocatable"};
      finding.advice.text =
          "link both with -sMAIN_MODULE or -sSIDE_MODULE, so that they import the globals";
      findings.push_back(finding);
    }
    const auto& listed = input.info.suspendingImports;
    if (std::binary_search(listed.begin(), listed.end(), import.index)) continue;
    finding.code = "dylink-import-unlisted";
    finding.explanation = fmt::format(
        "{} calls {} of another module, which can suspend. For Asyncify that is an import like "
        "others, "
        "and it was not told that it may.",
        nameOf(input, site->function), import.name);
    analyzer::Needs needs;
    needs.addImport(import.module, import.name);
    finding.advice = analyzer::spell(needs);
    findings.push_back(finding);
  }
  addLints(std::move(findings), check);
}

}  // namespace asyncscope::check
