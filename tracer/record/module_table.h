// What the analyzer must know of a module to read its events: written by the rewriter while it
// probes, carried in the trace, so that a diagnosis needs neither the module nor its source.
//
// Guarantees: every offset is a byte offset in the original module; functions and sites are in
// ascending order; `offsets` maps any offset of the probed module back (see originalOffset).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "support/result.h"

namespace asyncscope::record {

inline constexpr std::uint32_t kNoIndex = 0xffffffff;

enum class SiteKind : std::uint8_t { Call, CallIndirect, CallRef };

// One call instruction in a may-suspend function.
struct SiteEntry {
  std::uint32_t offset = 0;  // of the call's opcode
  SiteKind kind = SiteKind::Call;
  bool guarded = false;                // Asyncify skips or re-executes it correctly
  bool maySuspend = false;             // a suspending import may be on the stack above it
  std::uint32_t callIndex = kNoIndex;  // what its frame pushes when guarded; kNoIndex: not known
  std::uint32_t target = kNoIndex;     // callee of a Call; type index of the others
  bool inCatch = false;                // in a legacy catch body, which Asyncify leaves as it is
};

// One may-suspend function, with all its calls; or one that calls an import, with those calls
// alone.
struct FunctionEntry {
  std::uint32_t index = 0;
  std::string name;                // from the name section; empty: none
  bool instrumented = false;       // pushes and pops records
  bool runtime = false;            // calls control functions itself: rightly pushes nothing
  bool movesStackPointer = false;  // writes the C stack pointer
  bool takesInt64 = false;         // has a parameter of type i64
  bool inElements = false;         // an element segment holds it: calls can go through a table
  std::uint32_t recordBytes = 0;   // saved locals and call index; 0: not instrumented or not known
  std::uint32_t bodyBegin = 0, bodyEnd = 0;  // code entry in the original module
  std::vector<SiteEntry> sites;
};

enum class ControlKind : std::uint8_t {
  StartUnwind,
  StopUnwind,
  StartRewind,
  StopRewind,
  GetState
};

struct ControlEntry {
  ControlKind kind{};
  std::uint32_t function = kNoIndex;  // kNoIndex: written inline, not in a function of its own
  std::string exportName;             // empty: not exported
};

// An imported function.
struct ImportEntry {
  std::uint32_t index = 0;
  std::string module, name;
  bool suspending = false;  // Asyncify treats it as one that may start an unwind
};

// An exported function.
struct ExportEntry {
  std::uint32_t index = 0;
  std::string name;  // the first under which it is exported
};

// Bytes of memory that the module fills when it is instantiated: [begin, end).
struct DataEntry {
  std::uint64_t begin = 0, end = 0;
};

// At probed offset `probed` and after it, original = probed - (probed0 - original0) of this entry.
struct OffsetEntry {
  std::uint32_t probed = 0, original = 0;
};

struct ModuleTable {
  std::uint64_t hash = 0;  // FNV-1a 64 of the original module's bytes
  std::uint64_t size = 0;  // its size in bytes
  std::uint64_t probedSize = 0;
  std::string name;  // file name or module name, when the runtime knows one; else empty
  bool memory64 = false;
  bool hasNames = false;         // the module has a name section with function names
  bool indirectIgnored = false;  // no call_indirect outside listed functions is guarded
  std::uint32_t importedFunctions = 0;
  std::uint32_t functionCount = 0;  // imports included
  std::uint32_t stateGlobal = kNoIndex, dataGlobal = kNoIndex, stackPointerGlobal = kNoIndex;
  std::vector<ControlEntry> controls;
  std::vector<ImportEntry> imports;
  std::vector<FunctionEntry> functions;
  std::vector<OffsetEntry> offsets;
  // Since version 2:
  std::uint32_t codeBegin =
      0;  // of the code section's content, which debug information counts from
  std::vector<ExportEntry> exports;
  std::vector<DataEntry> data;  // ascending; of the buffer's memory, as far as its place is known

  const FunctionEntry* function(std::uint32_t index) const;  // nullptr: it has no entry
  const SiteEntry* site(std::uint32_t function, std::uint32_t offset) const;
  std::uint32_t originalOffset(std::uint32_t probedOffset) const;
  // Empty: it is not exported.
  std::string exportName(std::uint32_t function) const;
};

std::vector<std::uint8_t> writeModuleTable(const ModuleTable& table);
support::Result<ModuleTable> readModuleTable(std::span<const std::uint8_t> bytes);

}  // namespace asyncscope::record
