// What a finished module says about its Asyncify instrumentation: the result of recognise().
//
// All offsets are absolute byte offsets in the module that was read, all indices are its own.
// Functions and sites are in ascending order. How each fact is inferred stands with its field.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "instrument/module/types.h"

namespace asyncscope::asyncify {

using wasm::kNoIndex;

// The two globals that Asyncify adds, and the memory in which the buffer lies.
struct Globals {
  std::uint32_t state = kNoIndex;  // 0 normal, 1 unwinding, 2 rewinding
  std::uint32_t data = kNoIndex;   // address of {position, end}
  std::uint32_t memory = 0;
  bool pointer64 = false;  // the data global, position and end are i64
};

enum class SiteKind : std::uint8_t { Call, CallIndirect, CallRef };

// One call instruction.
struct Site {
  std::uint32_t function = kNoIndex;
  std::uint32_t offset = 0;            // of its opcode
  std::uint32_t end = 0;               // behind its last immediate
  std::uint32_t target = kNoIndex;     // callee of a Call; type index of the others
  std::uint32_t callIndex = kNoIndex;  // what its frame pushes, when guarded and found in the code
  SiteKind kind = SiteKind::Call;
  bool tail = false;        // return_call…: nothing of the function runs after it
  bool inCatch = false;     // in a legacy catch body, where Asyncify instruments nothing
  bool guarded = false;     // followed by the test for unwinding that saves the frame
  bool maySuspend = false;  // a suspending import may be on the stack above it
};

// One defined function that is instrumented, may suspend, or calls control functions.
struct FunctionInfo {
  std::uint32_t index = kNoIndex;
  wasm::Range body;           // code entry, locals included, without its size
  wasm::Range code;           // the instructions, closing end included
  bool instrumented = false;  // pushes or pops records, or has a guarded site
  bool maySuspend = false;
  bool runtime = false;            // starts or stops unwinds or rewinds: rightly saves nothing
  bool movesStackPointer = false;  // writes the C stack pointer
  bool inElements = false;         // an element segment holds it: calls can go through a table
  // Whether the instrumentation has the shape that Asyncify writes: then the places below are safe.
  bool recognised = false;
  std::uint32_t recordBytes = 0;  // saved locals and call index; 0 when not known
  // First instruction inside the branch that is taken when the function is entered while rewinding,
  // before the record is popped. kNoIndex: none.
  std::uint32_t rewindPlace = kNoIndex;
  // The instruction behind the last push of the path that saves the record. kNoIndex: none.
  std::uint32_t savedPlace = kNoIndex;
  std::uint32_t firstSite = 0;  // in AsyncifyInfo::sites
  std::uint32_t siteCount = 0;
};

// An instruction that writes the state global.
struct ControlPoint {
  std::uint32_t function = kNoIndex;
  std::uint32_t before = 0;        // offset of the global.set of the state
  std::uint32_t after = 0;         // where state and data are both written, before the bounds test
  std::uint32_t value = kNoIndex;  // the constant written; kNoIndex: not a constant
};

enum class ControlKind : std::uint8_t {
  StartUnwind,
  StopUnwind,
  StartRewind,
  StopRewind,
  GetState
};

// A control function, or (function kNoIndex) a write of the state in the midst of another function.
// Stops that were merged into one function appear once as each kind.
struct Control {
  ControlKind kind{};
  std::uint32_t function = kNoIndex;
  std::string exportName;  // of this kind, as far as that can be told; empty: not exported
};

struct AsyncifyInfo {
  Globals globals;
  std::uint32_t stackPointer = kNoIndex;  // global; kNoIndex: not found
  std::vector<Control> controls;
  std::vector<ControlPoint> controlPoints;  // ascending
  std::vector<FunctionInfo> functions;
  std::vector<Site> sites;  // of those functions
  // Direct calls of imports in all other functions: where an import suspends that was not listed,
  // its callers are among these. Ascending.
  std::vector<Site> otherImportCalls;
  // Imported functions that Asyncify treats as able to change the state: see
  // findSuspendingImports().
  std::vector<std::uint32_t> suspendingImports;
  // Indirect calls were ignored but for listed functions: see inferIndirectIgnored().
  bool indirectIgnored = false;

  std::span<const Site> sitesOf(const FunctionInfo& function) const {
    return std::span(sites).subspan(function.firstSite, function.siteCount);
  }
  // nullptr: neither instrumented, nor may it suspend, nor is it runtime.
  const FunctionInfo* function(std::uint32_t index) const;
};

}  // namespace asyncscope::asyncify
