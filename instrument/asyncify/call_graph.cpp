#include "instrument/asyncify/call_graph.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace asyncscope::asyncify {
namespace {

// The deepest chain of supertypes that the format allows.
constexpr int kSubtypeDepth = 64;

// Lists of numbers by key, in two flat vectors.
class Lists {
 public:
  template <class ForEach>
  Lists(std::size_t keys, ForEach forEach) : begins_(keys + 1) {
    forEach([&](std::uint32_t key, std::uint32_t) { ++begins_[key + 1]; });
    for (std::size_t key = 0; key < keys; ++key) {
      begins_[key + 1] += begins_[key];
    }
    values_.resize(begins_[keys]);
    std::vector<std::uint32_t> next(begins_.begin(), begins_.end() - 1);
    forEach([&](std::uint32_t key, std::uint32_t value) { values_[next[key]++] = value; });
  }
  std::span<const std::uint32_t> of(std::uint32_t key) const {
    return std::span(values_).subspan(begins_[key], begins_[key + 1] - begins_[key]);
  }

 private:
  std::vector<std::uint32_t> begins_;
  std::vector<std::uint32_t> values_;
};

std::string spell(const wasm::FunctionType& type) {
  std::string text;
  for (const auto values : {type.params, type.results}) {
    for (const wasm::ValueType value : values) {
      text += wasm::toString(value);
      text += ' ';
    }
    text += '>';
  }
  return text;
}

// Types that call_indirect cannot tell apart get one number. What is no function type gets one too,
// as bodies are not validated.
class TypeClasses {
 public:
  explicit TypeClasses(const wasm::Module& module) {
    classes_.reserve(module.types.size());
    for (std::uint32_t type = 0; type < module.types.size(); ++type) {
      const bool isFunction = module.types[type].form == wasm::TypeForm::Function;
      const auto next = static_cast<std::uint32_t>(numbers_.size());
      classes_.push_back(
          numbers_.try_emplace(isFunction ? spell(module.signature(type)) : std::string(), next)
              .first->second);
    }
  }
  std::size_t count() const { return numbers_.size(); }
  std::uint32_t of(std::uint32_t type) const { return classes_[type]; }
  // kNoIndex: no type is spelled so.
  std::uint32_t find(const std::string& spelling) const {
    const auto found = numbers_.find(spelling);
    return found == numbers_.end() ? kNoIndex : found->second;
  }

 private:
  std::vector<std::uint32_t> classes_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

// The type that "viij" means: result, then parameters.
std::optional<std::string> spellEmscriptenSignature(std::string_view letters) {
  std::string params;
  std::string result;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    std::string_view type;
    switch (letters[i]) {
      case 'i':
        type = "i32 ";
        break;
      case 'j':
        type = "i64 ";
        break;
      case 'f':
        type = "f32 ";
        break;
      case 'd':
        type = "f64 ";
        break;
      case 'v':
        break;
      default:
        return std::nullopt;
    }
    (i == 0 ? result : params) += type;
  }
  return params + '>' + result + '>';
}

// The letters of an import by which Emscripten's glue calls through the table.
std::optional<std::string_view> tableCallLetters(const wasm::Import& import) {
  for (const std::string_view prefix : {"invoke_", "dynCall_"}) {
    if (import.name.starts_with(prefix)) {
      return import.name.substr(prefix.size());
    }
  }
  return std::nullopt;
}

// By function: whether it can be called through a table.
std::vector<bool> findTableMembers(const wasm::Module& module, const BodyScan& scan) {
  std::vector<bool> inTable(module.functions.size());
  for (const wasm::ElementSegment& segment : module.elements) {
    for (const std::uint32_t function : segment.functions) {
      if (function != kNoIndex) {
        inTable[function] = true;
      }
    }
  }
  for (const wasm::Global& global : module.globals) {
    if (global.constant.kind == wasm::Constant::Kind::RefFunc) {
      inTable[global.constant.index] = true;
    }
  }
  for (const std::uint32_t function : scan.referencedFunctions) {
    inTable[function] = true;
  }
  const bool hostCanWrite =
      module.importedTableCount > 0 ||
      std::any_of(module.exports.begin(), module.exports.end(), [](const wasm::Export& entry) {
        return entry.kind == wasm::ExternalKind::Table;
      });
  if (hostCanWrite) {
    for (const wasm::Export& entry : module.exports) {
      if (entry.kind == wasm::ExternalKind::Function) {
        inTable[entry.index] = true;
      }
    }
  }
  return inTable;
}

class Reachability {
 public:
  Reachability(const wasm::Module& module, const ControlFacts& controls, const BodyScan& scan)
      : module_(module),
        controls_(controls),
        types_(module),
        inTable_(findTableMembers(module, scan)),
        reached_(module.functions.size()),
        reachedTypes_(types_.count()),
        callers_(module.functions.size(),
                 [&](auto add) {
                   for (const Site& site : scan.sites) {
                     if (site.kind == SiteKind::Call) {
                       add(site.target, site.function);
                     }
                   }
                 }),
        indirectCallers_(types_.count(),
                         [&](auto add) {
                           for (const Site& site : scan.sites) {
                             if (site.kind != SiteKind::Call) {
                               add(types_.of(site.target), site.function);
                             }
                           }
                         }),
        guardedCallees_(module.functions.size()) {
    for (const Site& site : scan.sites) {
      if (site.guarded && site.kind == SiteKind::Call) {
        guardedCallees_[site.target] = true;
      }
    }
    findTableImports();
  }

  void reachFunction(std::uint32_t function) {
    if (!reached_[function] && !controls_.isControlFunction(function)) {
      reached_[function] = true;
      work_.push_back(function);
    }
  }
  void reachAllTypes() {
    for (std::uint32_t type = 0; type < types_.count(); ++type) {
      reachType(type);
    }
  }
  void run();

  std::vector<bool> takeFunctions() { return std::move(reached_); }
  bool reaches(const Site& site) const {
    return site.kind == SiteKind::Call ? reached_[site.target] && !hides(site.target)
                                       : static_cast<bool>(reachedTypes_[types_.of(site.target)]);
  }

 private:
  void findTableImports();
  void reachType(std::uint32_t type);
  void reachTypesOf(std::uint32_t function);

  // The outermost runtime: it stops what it has started, so its callers see nothing of it. One that
  // only stops is the innermost kind if Asyncify guards calls of it.
  bool hides(std::uint32_t function) const {
    const std::uint8_t flags = controls_.flags[function];
    return controls_.isRuntime(function) && !guardedCallees_[function] &&
           ((flags & ControlFacts::kStartsRewind) != 0 ||
            (flags & (ControlFacts::kStops | ControlFacts::kStartsUnwind)) == ControlFacts::kStops);
  }

  const wasm::Module& module_;
  const ControlFacts& controls_;
  TypeClasses types_;
  std::vector<bool> inTable_;
  std::vector<bool> reached_;
  std::vector<bool> reachedTypes_;
  Lists callers_;          // by function
  Lists indirectCallers_;  // by type class
  std::vector<bool> guardedCallees_;
  struct TableImport {
    std::uint32_t function = 0;
    std::uint32_t type = kNoIndex;  // class; kNoIndex: any
  };
  std::vector<TableImport> tableImports_;
  std::vector<std::uint32_t> work_;
};

void Reachability::findTableImports() {
  for (const wasm::Import& import : module_.imports) {
    if (import.kind != wasm::ExternalKind::Function) {
      continue;
    }
    if (const auto letters = tableCallLetters(import)) {
      const auto spelling = spellEmscriptenSignature(*letters);
      tableImports_.push_back({import.index, spelling ? types_.find(*spelling) : kNoIndex});
    }
  }
}

void Reachability::reachType(std::uint32_t type) {
  if (reachedTypes_[type]) {
    return;
  }
  reachedTypes_[type] = true;
  for (const std::uint32_t caller : indirectCallers_.of(type)) {
    reachFunction(caller);
  }
  for (const TableImport& import : tableImports_) {
    if (import.type == type || import.type == kNoIndex) {
      reachFunction(import.function);
    }
  }
}

void Reachability::reachTypesOf(std::uint32_t function) {
  std::uint32_t type = module_.functions[function].type;
  for (int depth = 0; depth < kSubtypeDepth && type != kNoIndex; ++depth) {
    reachType(types_.of(type));
    const std::uint32_t super = module_.types[type].supertype;
    const bool isFunction =
        super != kNoIndex && module_.types[super].form == wasm::TypeForm::Function;
    type = isFunction ? super : kNoIndex;
  }
}

void Reachability::run() {
  while (!work_.empty()) {
    const std::uint32_t function = work_.back();
    work_.pop_back();
    if (hides(function)) {
      continue;
    }
    for (const std::uint32_t caller : callers_.of(function)) {
      reachFunction(caller);
    }
    if (inTable_[function]) {
      reachTypesOf(function);
    }
  }
}

}  // namespace

std::vector<std::uint32_t> findSuspendingImports(const wasm::Module& module, const BodyScan& scan) {
  std::vector<bool> guarded(module.importedFunctionCount);
  std::vector<bool> unguarded(module.importedFunctionCount);
  bool tableIsGuarded = false;
  for (const Site& site : scan.sites) {
    if (site.kind != SiteKind::Call) {
      tableIsGuarded |= site.guarded;
    } else if (site.target < module.importedFunctionCount) {
      (site.guarded ? guarded : unguarded)[site.target] = true;
      tableIsGuarded |= site.guarded;  // the host may call through the table on its own
    }
  }
  if (tableIsGuarded) {
    const std::vector<bool> inTable = findTableMembers(module, scan);
    for (std::uint32_t function = 0; function < module.importedFunctionCount; ++function) {
      guarded[function] = guarded[function] || (inTable[function] && !unguarded[function]);
    }
  }
  std::vector<std::uint32_t> result;
  for (std::uint32_t function = 0; function < module.importedFunctionCount; ++function) {
    if (guarded[function]) {
      result.push_back(function);
    }
  }
  return result;
}

std::vector<bool> markMaySuspend(const wasm::Module& module, const Globals& globals,
                                 const ControlFacts& controls,
                                 const std::vector<std::uint32_t>& suspendingImports,
                                 BodyScan& scan) {
  Reachability reachability(module, controls, scan);
  for (const std::uint32_t import : suspendingImports) {
    reachability.reachFunction(import);
  }
  for (std::uint32_t function = 0; function < module.functions.size(); ++function) {
    if ((controls.flags[function] & ControlFacts::kStartsUnwind) != 0) {
      reachability.reachFunction(function);
    }
  }
  const bool sharesState = module.globals[globals.state].import != kNoIndex;
  if (module.importedTableCount > 0 && (sharesState || module.isDynamicLibrary())) {
    reachability.reachAllTypes();
  }
  reachability.run();
  for (Site& site : scan.sites) {
    site.maySuspend = reachability.reaches(site);
  }
  return reachability.takeFunctions();
}

}  // namespace asyncscope::asyncify
