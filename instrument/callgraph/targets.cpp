#include "instrument/callgraph/targets.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "instrument/callgraph/slots.h"

namespace asyncscope::callgraph {
namespace {

// Ways from an index back to its numbers are short in real code.
constexpr std::size_t kWalkLimit = 4096;

}  // namespace

class TargetFinder {
 public:
  TargetFinder(const wasm::Module& module, Targets& result)
      : module_(module), result_(result), layout_(module), types_(module) {}

  support::Result<void> find(SuspendGlobals globals);

 private:
  using Members = std::vector<std::uint32_t>;

  Unrefined whyUnrefined() const;
  std::vector<bool> heldFunctions(bool byHost) const;
  Lists membersByClass(const std::vector<bool>& member) const;
  Members ofIndices(const std::vector<std::uint32_t>& indices, std::uint32_t type) const;
  std::uint32_t classOf(const IndexUse& use) const;
  std::uint32_t intern(Members members);
  std::uint32_t setOf(const Lists& members, std::uint32_t type);
  std::optional<Members> likelyOf(const IndexSources& sources, std::uint32_t type,
                                  Slots& slots) const;
  void addSite(const IndexUse& use, Slots& slots);

  const wasm::Module& module_;
  Targets& result_;
  TableLayout layout_;
  TypeClasses types_;
  IndexFlow flow_;
  DataWords data_;
  Lists bySignature_, inTable_, held_, heldByModule_;  // by type class
  std::map<Members, std::uint32_t> interned_;
  std::map<std::pair<const Lists*, std::uint32_t>, std::uint32_t> whole_;
};

// What makes indices say nothing.
Unrefined TargetFinder::whyUnrefined() const {
  if (layout_.isDynamic() || module_.importedTableCount > 0) {
    return Unrefined::DynamicTable;
  }
  if (flow_.writesTables) {
    return Unrefined::TableWritten;
  }
  std::size_t there = 0;
  std::size_t held = 0;
  for (std::uint32_t index = 0; index < layout_.size(); ++index) {
    if (layout_.holds(index)) {
      ++there;
      held += (data_.held[index] || flow_.heldByCode[index]) ? 1 : 0;
    }
  }
  return held * 2 < there ? Unrefined::NotConstants : Unrefined::No;
}

std::vector<bool> TargetFinder::heldFunctions(bool byHost) const {
  std::vector<bool> held(module_.functions.size());
  for (std::uint32_t index = 0; index < layout_.size(); ++index) {
    if (data_.held[index] || flow_.heldByCode[index]) {
      layout_.forEachAt(index, [&](std::uint32_t function) { held[function] = true; });
    }
  }
  if (byHost && hostWritesTables(module_)) {
    for (const wasm::Export& entry : module_.exports) {
      if (entry.kind == wasm::ExternalKind::Function) {
        held[entry.index] = true;
      }
    }
  }
  for (const std::uint32_t function : flow_.referenced) {
    held[function] = true;
  }
  return held;
}

// The functions that are members, by the classes of their type and its supertypes.
Lists TargetFinder::membersByClass(const std::vector<bool>& member) const {
  return Lists(types_.count(), [&](auto add) {
    for (std::uint32_t function = 0; function < module_.functions.size(); ++function) {
      if (member[function]) {
        types_.forEachOf(function, [&](std::uint32_t type) { add(type, function); });
      }
    }
  });
}

TargetFinder::Members TargetFinder::ofIndices(const std::vector<std::uint32_t>& indices,
                                              std::uint32_t type) const {
  Members members;
  for (const std::uint32_t index : indices) {
    layout_.forEachAt(index, [&](std::uint32_t function) {
      types_.forEachOf(function, [&](std::uint32_t of) {
        if (of == type) {
          members.push_back(function);
        }
      });
    });
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

std::uint32_t TargetFinder::intern(Members members) {
  const auto [entry, isNew] =
      interned_.try_emplace(std::move(members), static_cast<std::uint32_t>(result_.sets_.size()));
  if (isNew) {
    result_.sets_.push_back(entry->first);
  }
  return entry->second;
}

std::uint32_t TargetFinder::setOf(const Lists& members, std::uint32_t type) {
  const auto [entry, isNew] = whole_.try_emplace({&members, type}, 0);
  if (isNew) {
    const auto all = members.of(type);
    Members sorted(all.begin(), all.end());
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    entry->second = intern(std::move(sorted));
  }
  return entry->second;
}

// kNoIndex: the name of the import means no type of this module, and any may be called.
std::uint32_t TargetFinder::classOf(const IndexUse& use) const {
  if (use.import == wasm::kNoIndex) {
    return types_.of(use.type);
  }
  const auto letters = tableCallLetters(module_.imports[module_.functions[use.import].import]);
  return letters ? types_.ofLetters(*letters) : wasm::kNoIndex;
}

// Those that it calls by where the index lies. Nothing: they are not told apart.
std::optional<TargetFinder::Members> TargetFinder::likelyOf(const IndexSources& sources,
                                                            std::uint32_t type,
                                                            Slots& slots) const {
  if (sources.unknown) {
    return std::nullopt;
  }
  Found found;
  found.indices = sources.constants;
  for (const Value load : sources.loads) {
    slots.find(load, found);
  }
  Members likely = ofIndices(found.indices, type);
  // Where most of what has the type is not in doubt, it is a slot of functions, and the rest of
  // them are too.
  Members unsure = ofIndices(found.doubtful, type);
  if (likely.empty() || unsure.size() <= likely.size()) {
    found.indices.insert(found.indices.end(), found.doubtful.begin(), found.doubtful.end());
    likely = ofIndices(found.indices, type);
  }
  // Nothing but numbers that are the index of nothing (null) come here, or what no code writes.
  const bool unwritten = !sources.loads.empty() && found.unwritten;
  const bool none = found.indices.empty() && (sources.nothing() || unwritten);
  return likely.empty() && !none ? std::nullopt : std::optional(std::move(likely));
}

void TargetFinder::addSite(const IndexUse& use, Slots& slots) {
  TargetSite site;
  site.function = use.function;
  site.offset = use.offset;
  site.import = use.import;
  const std::uint32_t type = classOf(use);
  if (type == wasm::kNoIndex) {
    Members all;
    for (std::uint32_t function = 0; function < module_.functions.size(); ++function) {
      if (result_.inTable_[function]) {
        all.push_back(function);
      }
    }
    site.bySignature = site.inTable = static_cast<std::uint32_t>(all.size());
    site.possible = site.likely = intern(std::move(all));
    result_.sites_.push_back(site);
    return;
  }
  site.bySignature = static_cast<std::uint32_t>(bySignature_.of(type).size());
  const std::uint32_t table = setOf(inTable_, type);
  site.inTable = static_cast<std::uint32_t>(result_.sets_[table].size());
  site.possible = site.likely = table;
  if (use.reference || result_.unrefined_ != Unrefined::No) {
    result_.sites_.push_back(site);
    return;
  }
  const IndexSources sources = slots.sourcesOf(use.index, kWalkLimit);
  const std::uint32_t held = setOf(held_, type);
  if (!sources.anything) {
    if (sources.onlyConstants() && !sources.constants.empty()) {
      site.by = TargetSite::By::Constants;
      site.possible = intern(ofIndices(sources.constants, type));
    } else {
      site.by = TargetSite::By::Held;
      site.possible = held;
    }
  }
  if (auto likely = likelyOf(sources, type, slots)) {
    site.likely = intern(*std::move(likely));
  } else if (site.by == TargetSite::By::Constants) {
    site.likely = site.possible;
  } else {
    site.likely = setOf(heldByModule_, type);
  }
  result_.sites_.push_back(site);
}

support::Result<void> TargetFinder::find(SuspendGlobals globals) {
  auto flow = followIndices(module_, layout_, globals);
  if (!flow) {
    return tl::unexpected(flow.error());
  }
  flow_ = std::move(*flow);
  data_ = readDataWords(module_, layout_);
  result_.inTable_ = findTableMembers(module_, flow_.referenced);
  result_.unrefined_ = whyUnrefined();
  bySignature_ = membersByClass(std::vector<bool>(module_.functions.size(), true));
  inTable_ = membersByClass(result_.inTable_);
  held_ = membersByClass(heldFunctions(true));
  heldByModule_ = membersByClass(heldFunctions(false));

  std::vector<Slots::Open> open(module_.functions.size(), Slots::Open::No);
  for (std::uint32_t function = 0; function < module_.functions.size(); ++function) {
    if (result_.inTable_[function]) {
      open[function] = Slots::Open::InTable;
    }
  }
  // A host that calls an export may pass any number, but for what is in the table already: there
  // the callers are many.
  for (const wasm::Export& entry : module_.exports) {
    if (entry.kind == wasm::ExternalKind::Function) {
      open[entry.index] = Slots::Open::Exported;
    }
  }
  Slots slots(flow_, data_, open);
  result_.sites_.reserve(flow_.uses.size());
  for (const IndexUse& use : flow_.uses) {
    addSite(use, slots);
  }
  return {};
}

support::Result<Targets> Targets::find(const wasm::Module& module, SuspendGlobals globals) {
  Targets targets;
  TargetFinder finder(module, targets);
  if (auto done = finder.find(globals); !done) {
    return tl::unexpected(done.error());
  }
  return targets;
}

const TargetSite* Targets::at(std::uint32_t offset) const {
  const auto found = std::lower_bound(
      sites_.begin(), sites_.end(), offset,
      [](const TargetSite& site, std::uint32_t wanted) { return site.offset < wanted; });
  return found != sites_.end() && found->offset == offset ? &*found : nullptr;
}

}  // namespace asyncscope::callgraph
