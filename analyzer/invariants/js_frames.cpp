// Invariant 9: only wasm frames, and JavaScript frames known to be replay-safe, stand between the
// export and the import.
//
// JavaScript cannot be unwound: it runs to its end with a made-up result while the stack unwinds,
// and from its start again at the rewind. What only passes a call on survives that.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/imports.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

using record::ImportEntry;
using record::ModuleTable;
using record::SiteEntry;

bool isJs(const Frame& frame) { return frame.fate == Frame::Fate::JavaScript; }

// The JavaScript frames [begin, end) between two wasm frames; `end` is the one that called them.
struct Group {
  const Run& run;
  const Cycle& cycle;
  std::size_t begin = 0, end = 0;

  const Frame& inner() const { return cycle.frames[begin - 1]; }
  const Frame& caller() const { return cycle.frames[end]; }
  const ModuleTable* module() const { return run.moduleOf(cycle.thread, caller().instance); }
  const SiteEntry* site() const {
    return module() == nullptr || !caller().site
               ? nullptr
               : module()->site(caller().function, *caller().site);
  }
  const ImportEntry* import() const {
    return site() == nullptr ? nullptr : importOf(*module(), site()->target);
  }
};

std::vector<Group> groupsOf(const Run& run, const Cycle& cycle) {
  std::vector<Group> groups;
  const auto& frames = cycle.frames;
  for (std::size_t i = 1; i < frames.size(); ++i) {
    if (!isJs(frames[i]) || isJs(frames[i - 1])) continue;
    std::size_t end = i;
    while (end < frames.size() && isJs(frames[end])) ++end;
    if (end < frames.size()) groups.push_back({run, cycle, i, end});
  }
  return groups;
}

// What the import is called; the frame that wasm called, where that cannot be told.
std::string nameOf(const Group& group) {
  if (const ImportEntry* import = group.import()) return import->name;
  return group.cycle.frames[group.end - 1].text;
}

// Whether nothing is to be said of these frames: they only pass the call on, or link two modules,
// or there is no telling what they are.
bool isHarmless(const Group& group) {
  const auto& frames = group.cycle.frames;
  if (group.inner().instance != group.caller().instance) return true;
  if (const ImportEntry* import = group.import()) {
    return onlyPassesOn(import->name) || isMinified(*import);
  }
  return std::any_of(frames.begin() + static_cast<std::ptrdiff_t>(group.begin),
                     frames.begin() + static_cast<std::ptrdiff_t>(group.end),
                     [](const Frame& frame) {
                       return onlyPassesOn(frame.text.substr(0, frame.text.find(' '))) ||
                              frame.text.starts_with("another wasm module");
                     });
}

// The import that Emscripten's assertion blamed, in whatever the run threw; empty: none.
std::string blamedImport(const Run& run) {
  constexpr std::string_view kBefore = "import ", kAfter = " was not in ASYNCIFY_IMPORTS";
  std::vector<std::string_view> texts = {run.outcomeText};
  for (const Thrown& thrown : run.thrown) texts.push_back(thrown.text);
  for (const Cycle& cycle : run.cycles) {
    for (const Thrown& thrown : cycle.thrown) texts.push_back(thrown.text);
  }
  for (const std::string_view text : texts) {
    const std::size_t after = text.find(kAfter);
    if (after == std::string_view::npos) continue;
    const std::size_t before = text.rfind(kBefore, after);
    if (before == std::string_view::npos) continue;
    const std::size_t begin = before + kBefore.size();
    return std::string(text.substr(begin, after - begin));
  }
  return "";
}

// What of the program ran while it should have slept, as far as that was seen.
bool wroteMemory(const Cycle& cycle) {
  return std::none_of(cycle.frames.begin(), cycle.frames.end(),
                      [](const Frame& f) { return f.fate == Frame::Fate::NotSaved; }) &&
         !cycle.memoryWrites.empty();
}

// `blamed`: of the whole run, see blamedImport.
Finding findingOf(const Group& group, const std::string& blamed) {
  const Cycle& cycle = group.cycle;
  const ImportEntry* import = group.import();
  const std::string name = nameOf(group);
  const bool displaced = import != nullptr && blamed == import->name && isCarrier(blamed);
  Finding finding = findingIn(cycle, 9, displaced ? "import-blame-displaced" : "js-frame-mid-stack",
                              Phase::Unwind, cycle.startUnwind.place);
  finding.depth = static_cast<std::uint32_t>(group.begin);
  finding.instance = group.caller().instance;
  finding.function =
      functionRef(group.run, cycle.thread, finding.instance, group.caller().function);
  if (const SiteEntry* site = group.site()) finding.site = SiteRef{site->offset, site->kind};
  finding.explanation = fmt::format(
      "JavaScript stands between wasm frames: {} called the import {}, which called {}, and the "
      "suspend came further in. JavaScript cannot be unwound: it runs to its end with a made-up "
      "result while the stack unwinds, and from its start again at the rewind.",
      functionText(*finding.function), name,
      functionText(
          functionRef(group.run, cycle.thread, group.inner().instance, group.inner().function)));
  if (!blamed.empty() && import != nullptr && blamed == import->name && cycle.importFrame) {
    finding.explanation += fmt::format(
        " The message names {}, through which the unwind only passed: it was started in {}. "
        "Listing {} silences the message, and lets its JavaScript run twice.",
        blamed, cycle.importFrame->name.empty() ? "another import" : cycle.importFrame->name,
        blamed);
  }
  const bool unlisted = import != nullptr && !import->suspending;
  finding.certainty =
      unlisted || displaced || wroteMemory(cycle) ? Certainty::Proven : Certainty::Likely;
  if (finding.certainty == Certainty::Likely) {
    finding.explanation +=
        " That it is written for this, with a test of the state, cannot be seen from outside.";
  }
  return finding;
}

}  // namespace

void checkJsFrames(const Run& run, std::vector<Finding>& findings) {
  std::optional<std::string> blamed;
  for (const Cycle& cycle : run.cycles) {
    for (const Group& group : groupsOf(run, cycle)) {
      if (isHarmless(group)) continue;
      if (!blamed) blamed = blamedImport(run);
      findings.push_back(findingOf(group, *blamed));
    }
  }
}

}  // namespace asyncscope::analyzer
