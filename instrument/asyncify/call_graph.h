// Which functions can be on the stack when a suspending import is called: the may-suspend
// functions.
//
// Reverse reachability over direct calls and indirect ones:
//
//   - Start: suspending imports, and functions that start an unwind inside the module.
//   - A direct call leads to its callee. An indirect one leads to what callgraph::Targets says that
//     it can: where all of them are guarded, so that nothing depends on it, to every function of
//     its type (or a subtype) that is in an element segment or in a ref.func; to exported functions
//     too when a table is imported or exported, as the host may put them there; and to anywhere
//     when state or table are shared with other modules of dynamic linking.
//   - `invoke_*` and `dynCall_*` imports, which Emscripten's glue answers by a call through the
//     table, lead there as a call_indirect of the signature that their name spells. Where an
//     optimised build has minified the names they count only if Asyncify treats them as suspending.
//   - It ends at the outermost runtime: a function that stops unwinds hides them from its callers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "instrument/asyncify/controls.h"
#include "instrument/asyncify/info.h"
#include "instrument/asyncify/scan.h"
#include "instrument/callgraph/targets.h"
#include "instrument/module/module.h"

namespace asyncscope::asyncify {

// Imports that calls through the table can reach, that no direct call shows to be synchronous, nor
// their names: where Asyncify guards nothing at all, any of them may be what suspends. Ascending.
std::vector<std::uint32_t> findTableImports(const wasm::Module& module, const BodyScan& scan);

// Imported functions that Asyncify treats as able to change the state, ascending: those called
// directly at a guarded site; and, where guarded calls can lead into the table, those of
// findTableImports(). Where none can, those of them whose names say that they suspend.
std::vector<std::uint32_t> findSuspendingImports(const wasm::Module& module, const BodyScan& scan,
                                                 const std::vector<std::uint32_t>& tableImports);

// Whether it matters where indirect calls lead: some are not guarded.
bool hasOpenIndirectSites(const BodyScan& scan);

// Sets Site::maySuspend of all sites, for suspends in these imports; the result is indexed by
// function. `targets` refines indirect calls, where given. Linear in the number of functions, sites
// and types.
std::vector<bool> markMaySuspend(const wasm::Module& module, const Globals& globals,
                                 const ControlFacts& controls,
                                 const std::vector<std::uint32_t>& imports,
                                 const callgraph::Targets* targets, BodyScan& scan);

}  // namespace asyncscope::asyncify
