#include "analyzer/check/glue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "analyzer/advice/spelling.h"

namespace asyncscope::check {
namespace {

using analyzer::Harm;

constexpr std::string_view kAssertion = "was not in ASYNCIFY_IMPORTS, but changed the state";

bool isWord(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

// The text between the brace at `open` and the one that closes it; strings are passed over. "":
// none closes it.
std::string_view insideBraces(std::string_view text, std::size_t open) {
  int depth = 0;
  char quote = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\') {
        ++i;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '"' || c == '\'' || c == '`') {
      quote = c;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return text.substr(open + 1, i - open - 1);
    }
  }
  return {};
}

// What follows `NAME =` in braces.
std::string_view objectNamed(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    std::size_t next = at + name.size();
    while (next < text.size() && text[next] == ' ') ++next;
    if (next >= text.size() || text[next] != '=') continue;
    const std::size_t open = text.find_first_not_of(" \n", next + 1);
    if (open != std::string_view::npos && text[open] == '{') return insideBraces(text, open);
  }
  return {};
}

std::string_view bodyOf(std::string_view text, std::string_view function) {
  for (const std::string_view form : {"function ", "async function "}) {
    const std::string head = fmt::format("{}{}(", form, function);
    const std::size_t at = text.find(head);
    if (at == std::string_view::npos) continue;
    const std::size_t close = text.find(')', at + head.size());
    const std::size_t open = close == std::string_view::npos ? close : text.find('{', close);
    if (open != std::string_view::npos) return insideBraces(text, open);
  }
  return {};
}

// "name": value pairs of a flat object.
std::vector<std::pair<std::string, std::string>> pairsOf(std::string_view object) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::size_t at = 0;
  const auto word = [&](std::string& into) {
    while (at < object.size() && !isWord(object[at])) ++at;
    while (at < object.size() && isWord(object[at])) into += object[at++];
  };
  while (at < object.size()) {
    std::pair<std::string, std::string> pair;
    word(pair.first);
    const std::size_t colon = object.find_first_not_of("\"' \n", at);
    if (colon == std::string_view::npos || object[colon] != ':') {
      if (pair.first.empty()) break;
      continue;
    }
    at = colon + 1;
    word(pair.second);
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

// Exports that the text calls: Module._x(…), Module["_x"](…), _x(…).
std::vector<std::string> exportsCalled(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t at = text.find('_'); at != std::string_view::npos; at = text.find('_', at + 1)) {
    const bool begins = at == 0 || !isWord(text[at - 1]);
    if (!begins) continue;
    std::size_t end = at;
    while (end < text.size() && isWord(text[end])) ++end;
    std::size_t next = end;
    while (next < text.size() && (text[next] == '"' || text[next] == '\'' || text[next] == ']')) {
      ++next;
    }
    if (next < text.size() && text[next] == '(') {
      names.emplace_back(text.substr(at + 1, end - at - 1));
    }
    at = end - 1;
  }
  return names;
}

const wasm::Export* exportNamed(const wasm::Module& module, const std::string& name) {
  for (const std::string& spelling : {name, "_" + name}) {
    if (const wasm::Export* entry = module.findExport(spelling, wasm::ExternalKind::Function)) {
      return entry;
    }
  }
  return nullptr;
}

}  // namespace

Glue readGlue(std::string_view text) {
  Glue glue;
  glue.checksImports = text.find(kAssertion) != std::string_view::npos;
  std::string_view imports;
  for (const std::string_view name : {"asmLibraryArg", "wasmImports"}) {
    if (imports.empty()) imports = objectNamed(text, name);
  }
  const std::string_view blocks = objectNamed(text, "ASM_CONSTS");
  for (const auto& [name, function] : pairsOf(imports)) {
    // These are known from the module.
    if (name.starts_with("invoke_") || name.starts_with("dynCall_")) continue;
    const std::string_view body = bodyOf(text, function);
    GlueImport import;
    import.name = name;
    import.suspends = body.find("handleSleep(") != std::string_view::npos ||
                      body.find("handleAsync(") != std::string_view::npos;
    import.callsBack =
        exportsCalled(function.find("asm_const") != std::string::npos ? blocks : body);
    if (import.suspends || !import.callsBack.empty()) glue.imports.push_back(std::move(import));
  }
  return glue;
}

void addGlueFindings(const Glue& glue, const CheckInput& input, const SuspendGraph& graph,
                     Check& check) {
  std::vector<StaticFinding> findings;
  for (const GlueImport& entry : glue.imports) {
    const auto import = std::find_if(
        input.module.imports.begin(), input.module.imports.end(), [&](const wasm::Import& other) {
          return other.kind == wasm::ExternalKind::Function && other.name == entry.name;
        });
    const asyncify::Site* site =
        import == input.module.imports.end() ? nullptr : callOfImport(input, import->index);
    if (site == nullptr) continue;
    const auto& listed = input.info.suspendingImports;
    const bool isListed = std::binary_search(listed.begin(), listed.end(), import->index);
    StaticFinding finding;
    finding.reach = Reach::Likely;
    finding.function = functionRef(input, site->function);
    finding.site = analyzer::SiteRef{site->offset, record::SiteKind::Call};
    if (entry.suspends && !isListed) {
      finding.code = "import-not-listed";
      finding.explanation = fmt::format(
          "The JavaScript of {}.{} suspends (it calls handleSleep or handleAsync), and Asyncify "
          "was not "
          "told so: its callers are not guarded.",
          import->module, import->name);
      analyzer::Needs needs;
      for (const std::uint32_t other : listed) {
        const wasm::Import& known = input.module.imports[input.module.functions[other].import];
        needs.addImport(known.module, known.name);
      }
      needs.addImport(import->module, import->name);
      finding.advice = analyzer::spell(needs);
      findings.push_back(finding);
    }
    for (const std::string& name : entry.callsBack) {
      const wasm::Export* callee = exportNamed(input.module, name);
      const asyncify::FunctionInfo* function =
          callee == nullptr ? nullptr : input.info.function(callee->index);
      const auto* way = callee == nullptr ? nullptr : &graph.function(callee->index);
      if (function == nullptr || !function->maySuspend || !*way ||
          (*way)->reach == Reach::Possible) {
        continue;
      }
      // With its assertion Emscripten blames the import in the middle, which is innocent.
      finding.code = glue.checksImports ? "import-blame-displaced" : "js-frame-mid-stack";
      finding.explanation = fmt::format(
          "The JavaScript of {}.{} calls the export {}, which can suspend: a frame of JavaScript "
          "between "
          "suspended ones runs on during the unwind, and again during the rewind.{}",
          import->module, import->name, callee->name,
          glue.checksImports ? " Emscripten's assertion then names this import, which is innocent."
                             : "");
      finding.advice = {};
      finding.advice.text = "call the export from C instead; do not list the import";
      findings.push_back(finding);
      break;
    }
  }
  addLints(std::move(findings), check);
}

}  // namespace asyncscope::check
