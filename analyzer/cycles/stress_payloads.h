// Reads the JSON that the runtime writes where suspends are forced (tracer/runtime/stress*.mjs). A
// key that is missing, or is not of its type, keeps its default: a trace may come from another
// version.
#pragma once

#include <string_view>

#include "analyzer/cycles/run.h"

namespace asyncscope::analyzer {

StressCounts readStressCounts(std::uint32_t thread, std::string_view text);
OracleChange readOracleChange(EventPlace place, std::string_view text);

}  // namespace asyncscope::analyzer
