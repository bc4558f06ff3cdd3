// Imports of which the name alone says whether they suspend.
#pragma once

#include "instrument/module/module.h"

namespace asyncscope::asyncify {

// Whether the import does nothing but suspend, by its name in Emscripten. Others of Emscripten's
// default list suspend only in some builds (fd_sync, dlopen, …): their names prove nothing.
bool isKnownSuspending(const wasm::Import& import);

// Whether it never suspends, by its name in Emscripten: what C++ exceptions and longjmp are made
// of, and what ends the program. `invoke_*` calls them through the table.
bool isKnownSynchronous(const wasm::Import& import);

}  // namespace asyncscope::asyncify
