#include "analyzer/check/lints.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "analyzer/advice/spelling.h"
#include "instrument/callgraph/type_classes.h"

namespace asyncscope::check {
namespace {

using analyzer::Harm;
using analyzer::Phase;
using Names = std::vector<std::string>;

constexpr std::string_view kCastThunk = "byn$fpcast-emu$";

// How many letters have to be changed, added or taken away (Levenshtein 1966).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row.back();
}

// The name without parameters, template arguments and what linkers add.
std::string_view bareName(std::string_view name) {
  name = name.substr(0, name.find(" (.llvm."));
  name = name.substr(0, name.find(".llvm."));
  return name.substr(0, name.find_first_of("(<"));
}

// "" : none is near enough to be meant.
std::string nearest(std::string_view entry, const Names& names) {
  constexpr std::size_t kLongest = 256;
  std::string best;
  std::size_t bestDistance = std::max<std::size_t>(1, entry.size() / 4) + 1;
  for (const std::string& name : names) {
    if (name.empty()) continue;
    if (bareName(name) == bareName(entry) || name == "_" + std::string(entry) ||
        "_" + name == entry ||
        (name.size() > entry.size() && name.ends_with("::" + std::string(bareName(entry))))) {
      return name;
    }
    if (name.size() > kLongest || entry.size() > kLongest) continue;
    const std::size_t difference =
        name.size() > entry.size() ? name.size() - entry.size() : entry.size() - name.size();
    if (difference >= bestDistance) continue;
    const std::size_t far = distance(entry, name);
    if (far < bestDistance) {
      bestDistance = far;
      best = name;
    }
  }
  return best;
}

class Linter {
 public:
  Linter(const LinkLine& line, const LintInput& input) : line_(line), input_(input) {}

  std::vector<StaticFinding> run() {
    if (!line_.asyncify) return {};
    listEntries("ASYNCIFY_ADD", line_.add);
    listEntries("ASYNCIFY_ONLY", line_.only);
    listEntries("ASYNCIFY_REMOVE", line_.remove);
    importEntries();
    castThunks();
    options();
    return std::move(findings_);
  }

 private:
  StaticFinding& add(const char* code, Harm harm, std::string explanation) {
    StaticFinding finding;
    finding.code = code;
    finding.phase = Phase::Build;
    finding.harm = harm;
    finding.explanation = std::move(explanation);
    findings_.push_back(std::move(finding));
    return findings_.back();
  }
  bool hasNames() const {
    return std::any_of(input_.names.begin(), input_.names.end(),
                       [](const std::string& name) { return !name.empty(); });
  }
  const wasm::Import* importNamed(std::string_view entry) const {
    for (const wasm::Import& import : input_.module.imports) {
      if (import.kind == wasm::ExternalKind::Function && import.name == entry) return &import;
    }
    return nullptr;
  }
  void listEntries(const char* setting, const Names& list);
  void importEntries();
  void castThunks();
  void options();

  const LinkLine& line_;
  const LintInput& input_;
  std::vector<StaticFinding> findings_;
};

void Linter::listEntries(const char* setting, const Names& list) {
  for (const std::string& entry : list) {
    if (const wasm::Import* import = importNamed(entry)) {
      StaticFinding& finding =
          add("imported-name-in-list", Harm::Breaks,
              fmt::format(
                  "{} names {}, which is an import: the lists are of functions inside the module.",
                  setting, entry));
      analyzer::Needs needs;
      needs.addImport(import->module, import->name);
      finding.advice = analyzer::spell(needs);
      continue;
    }
    // Without names, or with a number of a function that has none, there is nothing to compare
    // with.
    const auto named = std::span(input_.names);
    if (!hasNames() || std::any_of(named.begin(), named.end(), [&](const std::string& name) {
          return !name.empty() && matches(entry, name);
        })) {
      continue;
    }
    // main is given another name by the linker, and a list that names both is right.
    if (entry == "main" || entry == "__original_main" || entry == "__main_void" ||
        entry == "__main_argc_argv") {
      continue;
    }
    const std::string near = nearest(entry, input_.names);
    const bool misspelt = !near.empty();
    StaticFinding& finding = add(
        misspelt ? "list-name-mismatch" : "list-entry-inlined-away", Harm::Breaks,
        misspelt
            ? fmt::format("{} names {}, and no function is called so; {} is.", setting, entry, near)
            : fmt::format("{} names {}, and no function is called so: it was inlined into its "
                          "callers or removed, and the entry stops nothing.",
                          setting, entry));
    finding.reach = Reach::Likely;
    if (misspelt) {
      finding.advice.functions = {near};
      finding.advice.text = "spell it as the name section does: " + near;
    } else {
      finding.advice.text =
          "keep it from being inlined (noinline), or name the function that holds it now";
    }
  }
}

void Linter::importEntries() {
  if (!line_.imports) return;
  const auto isListed = [&](const wasm::Import& import) {
    const std::string whole = fmt::format("{}.{}", import.module, import.name);
    return std::any_of(line_.imports->begin(), line_.imports->end(), [&](const std::string& entry) {
      const bool qualified = entry.find('.') != std::string::npos;
      return matches(qualified ? entry : "env." + entry, whole);
    });
  };
  bool invokeListed = false;
  for (const wasm::Import& import : input_.module.imports) {
    invokeListed = invokeListed || (callgraph::tableCallLetters(import) && isListed(import));
  }
  Names missing;
  for (const wasm::Import& import : input_.module.imports) {
    if (invokeListed && callgraph::tableCallLetters(import) && !isListed(import)) {
      missing.emplace_back(import.name);
    }
  }
  if (!missing.empty()) {
    StaticFinding& finding = add(
        "invoke-signature-missing", Harm::Breaks,
        fmt::format("ASYNCIFY_IMPORTS lists some invoke_*, but not {}: a suspend below one of them "
                    "finds its caller unguarded.",
                    fmt::join(missing, ", ")));
    finding.reach = Reach::Likely;
    analyzer::Needs needs;
    for (const std::string& entry : *line_.imports) needs.addImportEntry(entry);
    for (std::string& name : missing) needs.addImportEntry(std::move(name));
    finding.advice = analyzer::spell(needs);
  }
  for (const std::string& entry : *line_.imports) {
    if (entry.find('*') != std::string::npos || entry.find('.') != std::string::npos) continue;
    const wasm::Import* import = importNamed(entry);
    if (import == nullptr || import->module == "env") continue;
    StaticFinding& finding =
        add("import-name-module-prefix", Harm::Breaks,
            fmt::format("ASYNCIFY_IMPORTS lists {}, which means env.{}; the import is {}.{}.",
                        entry, entry, import->module, import->name));
    analyzer::Needs needs;
    needs.addImport(import->module, import->name);
    finding.advice = analyzer::spell(needs);
  }
}

// The emulation of casts puts a thunk in front of every function in the table; it runs first.
void Linter::castThunks() {
  if (!line_.castEmulation || line_.only.empty()) return;
  const auto listed = [&](const std::string& name) {
    return std::any_of(line_.only.begin(), line_.only.end(),
                       [&](const std::string& entry) { return matches(entry, name); });
  };
  for (const std::string& entry : line_.only) {
    const std::string thunk = std::string(kCastThunk) + entry;
    const bool exists =
        std::find(input_.names.begin(), input_.names.end(), thunk) != input_.names.end();
    if (!exists || listed(thunk)) continue;
    StaticFinding& finding = add(
        "pass-order-sensitivity", Harm::Breaks,
        fmt::format("Function pointer casts are emulated before Asyncify runs: calls of {} through "
                    "the table go through {}, which ASYNCIFY_ONLY does not name.",
                    entry, thunk));
    finding.advice.functions = {thunk};
    finding.advice.text = fmt::format("name {} too, or {}*", thunk, kCastThunk);
  }
}

void Linter::options() {
  if (line_.wasmExceptions) {
    StaticFinding& finding =
        add("wasm-eh-build-conflict", Harm::Breaks,
            "-fwasm-exceptions and ASYNCIFY in one link: the pass cannot read what it is given.");
    finding.advice.flags = {"-fexceptions"};
    finding.advice.text = "use -fexceptions, and -sSUPPORT_LONGJMP=emscripten";
  }
  if (!line_.optimises) {
    StaticFinding& finding = add(
        "o0-locals-explosion", Harm::Latent,
        "There is no -O at the link: Asyncify flattens every expression into locals, and nothing "
        "takes them away again. Frames are large, and engines refuse more than 50,000 locals.");
    finding.costOnly = true;
    finding.advice.flags = {"-O1"};
  }
  if (line_.ignoreIndirect && line_.imports) {
    const bool invokes = std::any_of(
        line_.imports->begin(), line_.imports->end(),
        [](const std::string& entry) { return entry.find("invoke_") != std::string::npos; });
    Names thunks;
    for (const wasm::Import& import : input_.module.imports) {
      const auto letters = callgraph::tableCallLetters(import);
      if (!letters) continue;
      const std::string thunk = "dynCall_" + std::string(*letters);
      const auto names = {&line_.add, &line_.only};
      const bool listed = std::any_of(names.begin(), names.end(), [&](const Names* list) {
        return std::any_of(list->begin(), list->end(),
                           [&](const std::string& entry) { return matches(entry, thunk); });
      });
      if (!listed) thunks.push_back(thunk);
    }
    if (invokes && !thunks.empty()) {
      StaticFinding& finding =
          add("dyncall-thunk-uninstrumented", Harm::Latent,
              fmt::format(
                  "Indirect calls are ignored beside invoke_*: the thunks below those ({}) are not "
                  "instrumented. They only forward, and with assertions they trap.",
                  fmt::join(thunks, ", ")));
      finding.reach = Reach::Likely;
      analyzer::Needs needs;
      for (const std::string& thunk : thunks) needs.addFunction(thunk);
      finding.advice = analyzer::spell(needs);
    }
  }
}

}  // namespace

bool matches(std::string_view entry, std::string_view name) {
  // The usual walk with one way back: to the last star, which then takes a letter more.
  std::size_t at = 0, star = std::string_view::npos, after = 0, in = 0;
  while (in < name.size()) {
    if (at < entry.size() && entry[at] == '*') {
      star = at++;
      after = in;
    } else if (at < entry.size() && entry[at] == name[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++after;
    } else {
      return false;
    }
  }
  while (at < entry.size() && entry[at] == '*') ++at;
  return at == entry.size();
}

std::vector<StaticFinding> lint(const LinkLine& line, const LintInput& input) {
  return Linter(line, input).run();
}

}  // namespace asyncscope::check
