#include "analyzer/summary/summary.h"

#include <algorithm>

#include "support/hash.h"

namespace asyncscope::analyzer {
namespace {

std::uint64_t hashOf(const std::string& text, std::uint64_t seed) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const std::uint8_t end[] = {0};
  return support::fnv1a64(end, support::fnv1a64({bytes, text.size()}, seed));
}

std::uint64_t hashOf(std::uint32_t number, std::uint64_t seed) {
  const std::uint8_t bytes[] = {
      static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(number >> 8),
      static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 24)};
  return support::fnv1a64(bytes, seed);
}

// Of two names for one thing (a run may have had a symbol map) the known one; of two known ones
// the same whichever comes first.
void mergeName(std::string& into, const std::string& more) {
  if (more.empty()) return;
  if (into.empty() || more < into) into = more;
}

// Both are in ascending order of key(entry); equal keys are combined.
template <class T, class Key, class Combine>
void mergeSorted(std::vector<T>& into, const std::vector<T>& more, Key key, Combine combine) {
  std::size_t next = 0;
  std::vector<T> added;
  for (const T& entry : more) {
    while (next < into.size() && key(into[next]) < key(entry)) ++next;
    if (next < into.size() && key(into[next]) == key(entry)) {
      combine(into[next], entry);
    } else {
      added.push_back(entry);
    }
  }
  if (added.empty()) return;
  const auto middle = static_cast<std::ptrdiff_t>(into.size());
  into.insert(into.end(), std::make_move_iterator(added.begin()),
              std::make_move_iterator(added.end()));
  std::inplace_merge(into.begin(), into.begin() + middle, into.end(),
                     [&](const T& a, const T& b) { return key(a) < key(b); });
}

// What the module says of a site is the same in every run, unless two versions of the tool read it
// differently: then the reading that promises less holds.
void mergeSite(SiteSummary& into, const SiteSummary& more) {
  if (!into.kind || (more.kind && *more.kind < *into.kind)) into.kind = more.kind;
  into.guarded = into.guarded && more.guarded;
  into.maySuspend = into.maySuspend || more.maySuspend;
  into.cycles += more.cycles;
  into.unsaved += more.unsaved;
  into.runs += more.runs;
}

void mergeFunction(FunctionSummary& into, const FunctionSummary& more) {
  mergeName(into.name, more.name);
  into.instrumented = into.instrumented && more.instrumented;
  into.runtime = into.runtime || more.runtime;
  into.runs += more.runs;
  into.completedRuns += more.completedRuns;
  mergeSorted(
      into.sites, more.sites, [](const SiteSummary& site) { return site.offset; }, mergeSite);
}

void mergeModule(ModuleSummary& into, const ModuleSummary& more) {
  into.size = std::max(into.size, more.size);
  mergeName(into.name, more.name);
  into.runs += more.runs;
  into.outcomes += more.outcomes;
  into.suspended += more.suspended;
  into.completed += more.completed;
  into.cycles += more.cycles;
  into.cyclesCompleted += more.cyclesCompleted;
  into.framesWithoutSite += more.framesWithoutSite;
  mergeSorted(
      into.functions, more.functions,
      [](const FunctionSummary& function) { return function.index; }, mergeFunction);
  into.depth += more.depth;
  into.cycleCount += more.cycleCount;
  into.bufferUse += more.bufferUse;
  into.bufferShare += more.bufferShare;
  into.stackSkew += more.stackSkew;
  into.cutUnwind += more.cutUnwind;
  into.neverResumed += more.neverResumed;
  into.cutRewind += more.cutRewind;
  into.anyUnguarded += more.anyUnguarded;
  into.positions.merge(more.positions);
  into.lines.merge(more.lines);
  into.scripts.merge(more.scripts);
  for (const auto& [key, finding] : more.findings) into.findings[key] += finding;
}

}  // namespace

std::uint64_t keyHash(const PositionKey& key) {
  return hashOf(key.offset, hashOf(key.line, keyHash(LineKey{key.file, key.code, 0})));
}

std::uint64_t keyHash(const LineKey& key) {
  return hashOf(key.line, hashOf(key.code, hashOf(key.file, support::kFnvOffsetBasis)));
}

std::uint64_t keyHash(const ScriptKey& key) { return hashOf(key.name, support::kFnvOffsetBasis); }

CycleCounts& CycleCounts::operator+=(const CycleCounts& more) {
  completed += more.completed;
  interrupted += more.interrupted;
  return *this;
}

FindingSummary& FindingSummary::operator+=(const FindingSummary& more) {
  runs += more.runs;
  cycles += more.cycles;
  breaks += more.breaks;
  latent += more.latent;
  notDetermined += more.notDetermined;
  return *this;
}

bool Summary::operator==(const Summary& other) const {
  return runs == other.runs && outcomes == other.outcomes &&
         runsWithoutModule == other.runsWithoutModule && notes == other.notes &&
         events.written == other.events.written && events.explained == other.events.explained &&
         events.unexplained == other.events.unexplained && events.lost == other.events.lost &&
         modules == other.modules;
}

void merge(Summary& into, const Summary& more) {
  into.runs += more.runs;
  into.outcomes += more.outcomes;
  into.runsWithoutModule += more.runsWithoutModule;
  into.notes += more.notes;
  into.events.written += more.events.written;
  into.events.explained += more.events.explained;
  into.events.unexplained += more.events.unexplained;
  into.events.lost += more.events.lost;
  for (const auto& [hash, module] : more.modules) {
    const auto [entry, isNew] = into.modules.try_emplace(hash, module);
    if (!isNew) mergeModule(entry->second, module);
  }
}

}  // namespace asyncscope::analyzer
