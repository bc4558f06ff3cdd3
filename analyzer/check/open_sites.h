// The unguarded calls above which a suspend can stand: where an asyncified module can break.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/check/effects.h"
#include "analyzer/check/suspend_graph.h"
#include "analyzer/invariants/finding.h"
#include "instrument/asyncify/info.h"
#include "instrument/callgraph/targets.h"
#include "instrument/module/module.h"

namespace asyncscope::check {

// What an unguarded call does when a suspend goes through it, the worst first.
enum class Consequence : std::uint8_t {
  PopsForeignRecord,  // instrumented: on the rewind it pops a record that it never pushed
  MovesStackPointer,  // plain: raises the C stack over sleeping frames
  RepeatsEffects,     // plain: writes or calls around the call, twice or with a wrong result
  Transparent,        // plain: only forwards; survives until its code changes
};

const char* consequenceName(Consequence consequence);

struct OpenSite {
  const asyncify::FunctionInfo* function = nullptr;  // of the AsyncifyInfo
  const asyncify::Site* site = nullptr;
  std::string code;  // of the finding: docs/findings.md
  std::string
      cause;  // the code of why it is unguarded; the same as `code` but for some plain frames
  Reach reach = Reach::Possible;
  Consequence consequence = Consequence::Transparent;
  FrameEffects effects;
  bool trapsAtOnce = false;  // Asyncify's asserts are behind it
  Way way;
  SuspendGraph::Callees callees;

  bool breaks() const { return trapsAtOnce || consequence != Consequence::Transparent; }
};

// All of them, the worst first: by reach, consequence, nearness to the import. Sites in runtime
// functions are none, nor are tail calls, nor the thunks of merged functions.
std::vector<OpenSite> findOpenSites(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                                    const SuspendGraph& graph);

// The finding for an import such as invoke_vi that leads to a suspend and is not listed: whether
// others of its kind are.
std::string unlistedInvokeCode(const wasm::Module& module, const asyncify::AsyncifyInfo& info);

}  // namespace asyncscope::check
