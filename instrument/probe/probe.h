// The rewriter: makes an asyncified module report what its frames do while it unwinds and rewinds,
// and when its state changes. It adds probes and touches nothing else.
//
// Guarantees: what is added is stack neutral, never traps, and does nothing while the state is
// normal, so the module behaves as before; with nobody listening it calls an empty function.
// Nothing is renumbered. A module in which there is nothing to probe comes out byte for byte the
// same.
//
// Where the probes are (S: the state global, F: the function, X: the site's offset):
//
//   instrumented function            plain function, or any at an unguarded site that may suspend
//   if S == 2 {                      if S { entered(F) }           ;; plain functions only
//     entered(F)        ;; free      …
//     pop … }                        call $f
//   …                                if S { passed(F, X) }
//   push …
//   saved(F)            ;; free      control point
//                                    before = S
//   other instrumented function      i32.const k  global.set S  (global.set data)
//   if S { entered(F) }              control(F)
//   block … end         ;; the body, its returns turned into branches
//   if S { left(F) }
//
// The probes call helper functions, which read the buffer's position and the C stack pointer and
// pass them on through a table of two slots, exported for the host to fill:
//
//   slot 0: frame events, slot 1: control events; both (kind i32, function i32, detail i32,
//           position i64, sp i64) -> ()
//
// What cannot be seen: nothing runs after a tail call, so a frame that leaves by one goes unseen.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"
#include "instrument/module/patcher.h"
#include "support/result.h"

namespace asyncscope::probe {

// What is appended to the exports; all names share the prefix, by which a host can hide them.
inline constexpr std::string_view kExportPrefix = "asyncscope.";
inline constexpr std::string_view kTableExport = "asyncscope.table";      // the two slots
inline constexpr std::string_view kStateExport = "asyncscope.state";      // the state global
inline constexpr std::string_view kDataExport = "asyncscope.data";        // the data global
inline constexpr std::string_view kStackPointerExport = "asyncscope.sp";  // only where one is known
inline constexpr std::string_view kMemoryExport = "asyncscope.memory";    // holds the buffer

// With Options::drive; the last two are followed by an index.
inline constexpr std::string_view kDriveExport = "asyncscope.drive";
inline constexpr std::string_view kGlobalExports = "asyncscope.global.";
inline constexpr std::string_view kTableExports = "asyncscope.table.";

inline constexpr std::uint32_t kFrameSlot = 0;
inline constexpr std::uint32_t kControlSlot = 1;

// The kinds that probes emit: the numbers of the trace format.
enum class Event : std::uint32_t {
  StartUnwind = 1,  // to the control slot; detail: state before
  StopUnwind = 2,
  StartRewind = 3,
  StopRewind = 4,
  UnwindSaved = 5,  // to the frame slot; detail: 0, or the site's offset
  UnwindPassed = 6,
  UnwindLeft = 7,
  RewindEntered = 8,
  RewindPassed = 9,
};

// The position when the data global does not point into the memory.
inline constexpr std::uint64_t kNoPosition = ~std::uint64_t{0};

struct Options {
  // Whether the host wants to force suspends: see drive.h.
  bool drive = false;
  // How much the module may grow, as a part of its size. Beyond it, plain functions with the most
  // unguarded sites lose the check behind each site and get the one check at their exit instead
  // (UnwindLeft), which names the function but not the site.
  double growthLimit = 0.05;
};

struct Counts {
  std::uint32_t entries = 0;  // probes in a rewind branch
  std::uint32_t entryChecks = 0;
  std::uint32_t saves = 0;  // probes on a save path
  std::uint32_t sites = 0;  // unguarded sites checked
  std::uint32_t exits = 0;  // functions with the check at their exit
  std::uint32_t controlPoints = 0;
};

struct Probed {
  std::vector<std::uint8_t> bytes;
  wasm::OffsetMap offsets;
  bool changed = false;
  Counts counts;
  // Functions that have an exit check though they are plain: see Options::growthLimit. Ascending.
  std::vector<std::uint32_t> coarseFunctions;
};

// info must be of this module. An error when the module has exports of our prefix already (it was
// probed before), or when it is too large for 32-bit offsets with the probes in it.
support::Result<Probed> probe(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                              const Options& options = {});

}  // namespace asyncscope::probe
