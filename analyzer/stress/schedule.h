// The text that says where suspends are forced: docs/stress.md has the language, and the runtime
// (tracer/runtime/stress_schedule.mjs) obeys it. Here it is only checked, so that a mistake is told
// before a program is run, and made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/result.h"

namespace asyncscope::analyzer {

// An error that says what the language is.
support::Result<void> checkSchedule(const std::string& text);

// "list:…" of these opportunities, neighbours joined to ranges; "none" when there are none. The
// numbers must ascend.
std::string listSchedule(const std::vector<std::uint32_t>& opportunities);

}  // namespace asyncscope::analyzer
