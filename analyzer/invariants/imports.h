// What the imports of a module are, as far as their names say: the JavaScript that Emscripten's
// glue puts around calls, and what it shares between many.
#pragma once

#include <string_view>

#include "tracer/record/module_table.h"

namespace asyncscope::analyzer {

// nullptr: `function` is no imported one.
const record::ImportEntry* importOf(const record::ModuleTable& module, std::uint32_t function);

// `invoke_*`, the JavaScript around a call that may longjmp or throw: it may run twice.
bool isInvoke(std::string_view name);

// `dynCall_*`, an export that calls through the table.
bool isDynCall(std::string_view name);

// JavaScript that only passes a call on, so that it makes no difference when it runs again:
// `invoke_*`, `dynCall*`, signal handlers.
bool onlyPassesOn(std::string_view name);

// One import for many pieces of JavaScript (EM_ASM, the receiver of proxied calls): that it is on
// the stack says nothing of what runs.
bool isCarrier(std::string_view name);

// One that Emscripten lists as suspending by itself, whatever the settings: where nothing in the
// module says that it suspends, that is because no caller of it was instrumented.
bool isListedByEmscripten(const record::ImportEntry& import);

// The names are a minifier's: nothing can be told from them.
bool isMinified(std::string_view module, std::string_view name);
bool isMinified(const record::ImportEntry& import);

}  // namespace asyncscope::analyzer
