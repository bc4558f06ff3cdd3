// What can go wrong in a module, before any run: the findings of `asyncscope check`.
//
// A site counts as found when something shows that a suspend can be above it: direct calls, known
// indices, or an index that lies where the call loads it from. Where only the type says so, it is
// listed as possible and is no finding of harm. No input or output here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/check/configuration.h"
#include "analyzer/check/frames.h"
#include "analyzer/check/open_sites.h"
#include "analyzer/check/suspend_graph.h"
#include "analyzer/invariants/finding.h"
#include "instrument/asyncify/info.h"
#include "instrument/callgraph/targets.h"
#include "instrument/module/module.h"
#include "support/result.h"

namespace asyncscope::check {

// One frame on the way from the import outward.
struct PathStep {
  std::uint32_t function = wasm::kNoIndex;  // kNoIndex: JavaScript, named by `text`
  std::string text;                         // as people read it: "main (func[12])", "JS invoke_vi"
  std::optional<std::uint32_t> offset;      // of the call toward the import; none for the import
  asyncify::SiteKind kind = asyncify::SiteKind::Call;
  bool guarded = true;
};

struct StaticFinding {
  std::string code;
  analyzer::Phase phase = analyzer::Phase::Unwind;
  Reach reach = Reach::Certain;
  // Breaks: when a suspend comes through it. Latent: it survives as the code is now.
  // NotDetermined: only the type of an indirect call says that a suspend can come through it.
  analyzer::Harm harm = analyzer::Harm::Breaks;
  bool costOnly = false;  // nothing goes wrong, but it is slower or larger than it has to be
  std::optional<analyzer::FunctionRef> function;
  std::optional<analyzer::SiteRef> site;
  std::string cause;        // of a plain frame that is named after its consequence; else ""
  std::string consequence;  // consequenceName(); "" where no frame is meant
  std::string explanation;
  std::vector<PathStep> path;  // from the import outward, the site's own function last
  analyzer::Advice advice;
};

struct Counts {
  std::size_t functions = 0, instrumented = 0, maySuspend = 0, runtime = 0;
  std::size_t guardedSites = 0;
  std::size_t openSites = 0;          // found
  std::size_t openPossibleSites = 0;  // only by their type
};

// How many functions the indirect calls can lead to, summed over them.
struct Refinement {
  std::size_t sites = 0;
  std::size_t bySignature = 0, inTable = 0, held = 0, bySlot = 0;
  std::string unrefined;  // why indices say nothing; "": they do
};

struct Check {
  Counts counts;
  bool suspendIsKnown = false;  // some import or function is known to begin a suspend
  Refinement refinement;
  std::vector<Inferred> configuration;
  std::vector<OpenSite> openSites;      // all, the worst first; point into the AsyncifyInfo
  std::vector<StaticFinding> findings;  // the worst first
  analyzer::Advice advice;              // for all that is found
  FrameSizes frames;
  std::uint64_t bufferSize = 0;  // bytes
  bool bufferSizeKnown = false;  // else it is assumed
};

struct CheckInput {
  const wasm::Module& module;
  const asyncify::AsyncifyInfo& info;
  const callgraph::Targets& targets;
  const std::vector<std::string>& names;  // of functions; "" or short: none
};

// `graph` must be that of the same module.
Check check(const CheckInput& input, const SuspendGraph& graph);

// Adds what was found in the link line, in its place.
void addLints(std::vector<StaticFinding> lints, Check& check);

Refinement refinementOf(const callgraph::Targets& targets);

// Whether a finding is one for the exit code: more than cost, and more than a possibility.
bool counts(const StaticFinding& finding);

}  // namespace asyncscope::check
