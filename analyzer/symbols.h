// Function names from an Emscripten symbol map (`emcc --emit-symbol-map`), for a stripped module.
//
// The file has a line `INDEX:NAME` for each function, imports first, as the module numbers them;
// in a name, `\HH` is the byte with that hexadecimal code.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "support/result.h"
#include "tracer/record/trace.h"

namespace asyncscope::analyzer {

using Symbols = std::map<std::uint32_t, std::string>;

// A line of another form is an error with its offset in the text.
support::Result<Symbols> readSymbolMap(std::string_view text);

// Names the functions of every module in the trace that has no names of its own.
void applySymbols(const Symbols& symbols, record::Trace& trace);

}  // namespace asyncscope::analyzer
