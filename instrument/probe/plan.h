// Decides where probes go, and at what price: free places first, exact checks where they fit.
#pragma once

#include <cstdint>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"
#include "instrument/probe/probe.h"

namespace asyncscope::probe {

// In the order in which they stand when they share an offset.
enum class PlaceKind : std::uint8_t {
  SitePassed,   // behind a call; detail: its offset
  StateAfter,   // behind the writes of state and data
  StateBefore,  // before the write of the state
  Saved,        // behind the last push
  Entered,      // inside the rewind branch
  EntryCheck,   // at the beginning of a function
  ExitBegin,    // there too: the block around the body
  ExitEnd,      // at the closing end of the function
};

struct Place {
  std::uint32_t function = 0;
  std::uint32_t offset = 0;  // insertion before the byte at this offset of the original module
  PlaceKind kind{};
  std::uint32_t detail = 0;
};

struct Plan {
  std::vector<Place> places;  // in file order
  Counts counts;
  std::vector<std::uint32_t> coarseFunctions;
};

Plan makePlan(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
              const Options& options);

}  // namespace asyncscope::probe
