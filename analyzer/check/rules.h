// Findings that are not about one unguarded call: rules over the whole module.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/advice/spelling.h"
#include "analyzer/check/check.h"

namespace asyncscope::check {

// "main (func[12])", or "env.nap" for an import.
std::string nameOf(const CheckInput& input, std::uint32_t function);
analyzer::FunctionRef functionRef(const CheckInput& input, std::uint32_t function);
// The name as the lists of Asyncify want it; `unnamed` is set where it is a number.
std::string listName(const CheckInput& input, std::uint32_t function, bool& unnamed);

// The first call of an import; nullptr: none.
const asyncify::Site* callOfImport(const CheckInput& input, std::uint32_t import);

// Imports that suspend by their name or kind and are not listed; 64-bit values across the host's
// border; more locals than engines take; the runtime inlined into what it should unwind;
// instrumentation that nothing needs.
void addRuleFindings(const CheckInput& input, const SuspendGraph& graph,
                     std::vector<StaticFinding>& findings, analyzer::Needs& needs);

}  // namespace asyncscope::check
