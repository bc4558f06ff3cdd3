// The one pass over all bodies: everything the recogniser needs is collected here, in flat vectors.
//
// Asyncify rewrites a function into this (Binaryen's Asyncify.cpp; written here unoptimised):
//
//   if state == 2 { [data] -= L; restore locals }            ;; the rewind branch: absent if L = 0
//   index = block $unwind {
//     if state == 2 { [data] -= 4; k = [[data]] }             ;; pops the call index
//     … if state == 0 || k == 7 { call $f; if state == 1 { br $unwind (7) } } …      ;; guarded
//     return }
//   [[data]] = index; [data] += 4; save locals; [data] += L   ;; the save path
//
// Optimisation folds the tests into br_if, select and or, moves operands into locals, inlines such
// functions into each other; what stays is recognised: a pop or push is an addition to what the
// data global points to, and behind a guarded call stands the comparison of the state with 1.
#pragma once

#include <cstdint>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"
#include "support/result.h"

namespace asyncscope::asyncify {

// What one body holds; indexed by function index less imported ones.
struct BodyFacts {
  std::uint32_t firstSite = 0;  // in BodyScan::sites, up to the next function's
  std::uint32_t rewindPlace = kNoIndex;
  std::uint32_t savedPlace = kNoIndex;
  std::int64_t popBytes = 0, pushBytes = 0;
  std::uint32_t pops = 0, pushes = 0;
  std::uint32_t stateWrites = 0;
  bool popsFirst = false;  // the first pop is reached before any call
  bool guardedSites = false;
};

// A write of a mutable global other than state and data.
struct GlobalWrite {
  std::uint32_t function = 0, global = 0;
};

struct BodyScan {
  std::vector<BodyFacts> bodies;
  std::vector<Site> sites;
  std::vector<ControlPoint> stateWrites;
  std::vector<GlobalWrite> globalWrites;           // consecutive equal ones are one
  std::vector<std::uint32_t> prologueVotes;        // by global: G = G - 4 n
  std::vector<std::uint32_t> referencedFunctions;  // of ref.func in bodies
};

support::Result<BodyScan> scanBodies(const wasm::Module& module, const Globals& globals);

}  // namespace asyncscope::asyncify
