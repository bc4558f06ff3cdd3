// The two sizes of a cycle that reports, exports and correlations tell.
#pragma once

#include <cstdint>

#include "analyzer/cycles/run.h"

namespace asyncscope::analyzer {

// Frames of the cycle that are wasm.
std::uint32_t depthOf(const Cycle& cycle);
// Bytes that its records took at most.
std::uint64_t bufferUseOf(const Cycle& cycle);

}  // namespace asyncscope::analyzer
