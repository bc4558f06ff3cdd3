// What a build adds to Asyncify's lists, while `fix` searches for the smallest lists that are
// enough.
//
// The names are spelled as the lists accept them (analyzer/advice/advice.h). Order is the order in
// which they were found to be missing; nothing stands twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

struct Lists {
  std::vector<std::string> functions;  // ASYNCIFY_ADD
  std::vector<std::string> imports;    // ASYNCIFY_IMPORTS; empty: as the build has them
  std::uint64_t bufferSize = 0;        // ASYNCIFY_STACK_SIZE, bytes; 0: as the build has it

  bool operator==(const Lists&) const = default;
};

// Both, without repeats; the larger buffer.
Lists united(Lists lists, const Lists& more);

// Without that function.
Lists without(Lists lists, const std::string& function);

// The flags that they make.
Advice flagsOf(const Lists& lists);

}  // namespace asyncscope::analyzer
