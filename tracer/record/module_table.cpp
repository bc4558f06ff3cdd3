// The encoding of a ModuleTable. All numbers are LEB128 but the hash; an index that may be missing
// is written plus one, 0 meaning kNoIndex; ascending numbers are written as differences.
//
//   version | hash u64 | size | probed size | name | flags | imported functions | functions
//   state global+1 | data global+1 | stack pointer global+1
//   controls:  count, { kind, function+1, export name }
//   imports:   count, { index −, suspending, module, name }
//   functions: count, { index −, flags, name, record bytes, body begin −, body length,
//                       sites: count, { offset − (first: from body begin), flags,
//                                       [call index], target+1 } }
//   offsets:   count, { probed −, original − (signed) }
//   since version 2:
//   code begin | exports: count, { index −, name } | data: count, { begin − (from the end before),
//   length }
//
// "−": difference to the entry before. This unit compiles to WebAssembly too: the core writes the
// table in the traced process.

#include "tracer/record/module_table.h"

#include <algorithm>

#include "support/byte_reader.h"
#include "support/byte_writer.h"

namespace asyncscope::record {

namespace {

using support::ByteReader;
using support::ByteWriter;
using support::fail;
using support::Result;

constexpr std::uint32_t kTableVersion = 2, kOldestVersion = 1;

// Flags of the module, of a function and of a site.
constexpr std::uint32_t kMemory64 = 1, kHasNames = 2, kIndirectIgnored = 4;
constexpr std::uint32_t kInstrumented = 1, kRuntime = 2, kMovesStackPointer = 4, kTakesInt64 = 8,
                        kInElements = 16;
constexpr std::uint32_t kSiteKindMask = 3, kGuarded = 4, kMaySuspend = 8, kHasCallIndex = 16,
                        kInCatch = 32;

std::uint32_t flag(bool set, std::uint32_t value) { return set ? value : 0; }

void writeIndex(ByteWriter& out, std::uint32_t index) {
  out.leb(index == kNoIndex ? 0 : std::uint64_t{index} + 1);
}

std::uint32_t readIndex(ByteReader& in) {
  const std::uint64_t value = in.leb64();
  if (value == 0) return kNoIndex;
  if (value > kNoIndex) in.fail("an index in the module table is too large");
  return static_cast<std::uint32_t>(value - 1);
}

void writeText(ByteWriter& out, std::string_view text) { out.name(text); }

// Names are taken as the module has them: they need not be UTF-8.
std::string readText(ByteReader& in) {
  const auto bytes = in.bytes(in.leb32());
  return {bytes.begin(), bytes.end()};
}

// The number `difference` above `base`; fails where it leaves 32 bits.
std::uint32_t above(ByteReader& in, std::uint32_t base, std::uint64_t difference) {
  const std::uint64_t sum = base + difference;
  if (difference > kNoIndex || sum > kNoIndex) {
    in.fail("a difference in the module table is too large");
    return base;
  }
  return static_cast<std::uint32_t>(sum);
}

// Reads ascending numbers that were written as differences.
class Ascending {
 public:
  explicit Ascending(const char* what, std::uint32_t base = 0) : what_(what), value_(base) {}
  std::uint32_t read(ByteReader& in) {
    const std::uint32_t difference = in.leb32();
    if (!first_ && difference == 0 && !in.failed())
      in.fail(std::string(what_) + " are not in ascending order");
    first_ = false;
    value_ = above(in, value_, difference);
    return value_;
  }

 private:
  const char* what_;
  std::uint32_t value_;
  bool first_ = true;
};

void writeFunction(ByteWriter& out, const FunctionEntry& function) {
  out.leb(flag(function.instrumented, kInstrumented) | flag(function.runtime, kRuntime) |
          flag(function.movesStackPointer, kMovesStackPointer) |
          flag(function.takesInt64, kTakesInt64) | flag(function.inElements, kInElements));
  writeText(out, function.name);
  out.leb(function.recordBytes);
  out.leb(function.bodyBegin);
  out.leb(function.bodyEnd - function.bodyBegin);
  out.leb(function.sites.size());
  std::uint32_t previous = function.bodyBegin;
  for (const SiteEntry& site : function.sites) {
    out.leb(site.offset - previous);
    previous = site.offset;
    const bool hasCallIndex = site.callIndex != kNoIndex;
    out.leb(static_cast<std::uint32_t>(site.kind) | flag(site.guarded, kGuarded) |
            flag(site.maySuspend, kMaySuspend) | flag(hasCallIndex, kHasCallIndex) |
            flag(site.inCatch, kInCatch));
    if (hasCallIndex) out.leb(site.callIndex);
    writeIndex(out, site.target);
  }
}

void readFunction(ByteReader& in, FunctionEntry& function) {
  const std::uint32_t flags = in.leb32();
  function.instrumented = flags & kInstrumented;
  function.runtime = flags & kRuntime;
  function.movesStackPointer = flags & kMovesStackPointer;
  function.takesInt64 = flags & kTakesInt64;
  function.inElements = flags & kInElements;
  function.name = readText(in);
  function.recordBytes = in.leb32();
  function.bodyBegin = in.leb32();
  function.bodyEnd = above(in, function.bodyBegin, in.leb32());
  const std::uint32_t count = in.count(3);
  function.sites.reserve(count);
  Ascending offset("sites", function.bodyBegin);
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    SiteEntry site;
    site.offset = offset.read(in);
    const std::uint32_t siteFlags = in.leb32();
    if ((siteFlags & kSiteKindMask) > static_cast<std::uint32_t>(SiteKind::CallRef)) {
      in.fail("the kind of a site is not known");
    }
    site.kind = static_cast<SiteKind>(siteFlags & kSiteKindMask);
    site.guarded = siteFlags & kGuarded;
    site.maySuspend = siteFlags & kMaySuspend;
    site.inCatch = siteFlags & kInCatch;
    if (siteFlags & kHasCallIndex) site.callIndex = in.leb32();
    site.target = readIndex(in);
    function.sites.push_back(site);
  }
}

void readControls(ByteReader& in, ModuleTable& table) {
  const std::uint32_t count = in.count(3);
  table.controls.reserve(count);
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    ControlEntry control;
    const std::uint32_t kind = in.leb32();
    if (kind > static_cast<std::uint32_t>(ControlKind::GetState)) {
      in.fail("the kind of a control function is not known");
    }
    control.kind = static_cast<ControlKind>(kind);
    control.function = readIndex(in);
    control.exportName = readText(in);
    table.controls.push_back(std::move(control));
  }
}

void readImports(ByteReader& in, ModuleTable& table) {
  const std::uint32_t count = in.count(4);
  table.imports.reserve(count);
  Ascending index("imports");
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    ImportEntry import;
    import.index = index.read(in);
    import.suspending = in.leb32() != 0;
    import.module = readText(in);
    import.name = readText(in);
    table.imports.push_back(std::move(import));
  }
}

void readFunctions(ByteReader& in, ModuleTable& table) {
  const std::uint32_t count = in.count(7);
  table.functions.reserve(count);
  Ascending index("functions");
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    FunctionEntry function;
    function.index = index.read(in);
    readFunction(in, function);
    table.functions.push_back(std::move(function));
  }
}

void readOffsets(ByteReader& in, ModuleTable& table) {
  const std::uint32_t count = in.count(2);
  table.offsets.reserve(count);
  Ascending probed("offsets");
  std::int64_t original = 0;
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    OffsetEntry entry;
    entry.probed = probed.read(in);
    original += in.signedLeb33();
    if (original < 0 || original > kNoIndex) {
      in.fail("an original offset is out of range");
      original = 0;
    }
    entry.original = static_cast<std::uint32_t>(original);
    table.offsets.push_back(entry);
  }
}

void readExports(ByteReader& in, ModuleTable& table) {
  const std::uint32_t count = in.count(2);
  table.exports.reserve(count);
  Ascending index("exports");
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    ExportEntry entry;
    entry.index = index.read(in);
    entry.name = readText(in);
    table.exports.push_back(std::move(entry));
  }
}

void readData(ByteReader& in, ModuleTable& table) {
  const std::uint32_t count = in.count(2);
  table.data.reserve(count);
  std::uint64_t end = 0;
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    DataEntry entry;
    entry.begin = end + in.leb64();
    entry.end = entry.begin + in.leb64();
    if (entry.begin < end || entry.end <= entry.begin) in.fail("a data segment is out of range");
    end = entry.end;
    table.data.push_back(entry);
  }
}

}  // namespace

std::vector<std::uint8_t> writeModuleTable(const ModuleTable& table) {
  ByteWriter out;
  out.leb(kTableVersion);
  out.u64(table.hash);
  out.leb(table.size);
  out.leb(table.probedSize);
  writeText(out, table.name);
  out.leb(flag(table.memory64, kMemory64) | flag(table.hasNames, kHasNames) |
          flag(table.indirectIgnored, kIndirectIgnored));
  out.leb(table.importedFunctions);
  out.leb(table.functionCount);
  writeIndex(out, table.stateGlobal);
  writeIndex(out, table.dataGlobal);
  writeIndex(out, table.stackPointerGlobal);

  out.leb(table.controls.size());
  for (const ControlEntry& control : table.controls) {
    out.leb(static_cast<std::uint32_t>(control.kind));
    writeIndex(out, control.function);
    writeText(out, control.exportName);
  }

  out.leb(table.imports.size());
  std::uint32_t previous = 0;
  for (const ImportEntry& import : table.imports) {
    out.leb(import.index - previous);
    previous = import.index;
    out.leb(import.suspending ? 1 : 0);
    writeText(out, import.module);
    writeText(out, import.name);
  }

  out.leb(table.functions.size());
  previous = 0;
  for (const FunctionEntry& function : table.functions) {
    out.leb(function.index - previous);
    previous = function.index;
    writeFunction(out, function);
  }

  out.leb(table.offsets.size());
  OffsetEntry last;
  for (const OffsetEntry& entry : table.offsets) {
    out.leb(entry.probed - last.probed);
    out.signedLeb(static_cast<std::int64_t>(entry.original) - last.original);
    last = entry;
  }

  out.leb(table.codeBegin);
  out.leb(table.exports.size());
  previous = 0;
  for (const ExportEntry& entry : table.exports) {
    out.leb(entry.index - previous);
    previous = entry.index;
    writeText(out, entry.name);
  }
  out.leb(table.data.size());
  std::uint64_t end = 0;
  for (const DataEntry& entry : table.data) {
    out.leb(entry.begin - end);
    out.leb(entry.end - entry.begin);
    end = entry.end;
  }
  return out.take();
}

Result<ModuleTable> readModuleTable(std::span<const std::uint8_t> bytes) {
  ByteReader in(bytes);
  const std::uint32_t version = in.leb32();
  if (!in.failed() && (version < kOldestVersion || version > kTableVersion)) {
    return fail("module table version " + std::to_string(version) + " is not known", 0,
                "this build reads versions " + std::to_string(kOldestVersion) + " to " +
                    std::to_string(kTableVersion));
  }
  ModuleTable table;
  table.hash = in.u64();
  table.size = in.leb64();
  table.probedSize = in.leb64();
  table.name = readText(in);
  const std::uint32_t flags = in.leb32();
  table.memory64 = flags & kMemory64;
  table.hasNames = flags & kHasNames;
  table.indirectIgnored = flags & kIndirectIgnored;
  table.importedFunctions = in.leb32();
  table.functionCount = in.leb32();
  table.stateGlobal = readIndex(in);
  table.dataGlobal = readIndex(in);
  table.stackPointerGlobal = readIndex(in);
  readControls(in, table);
  readImports(in, table);
  readFunctions(in, table);
  readOffsets(in, table);
  if (version >= 2) {
    table.codeBegin = in.leb32();
    readExports(in, table);
    readData(in, table);
  }
  if (!in.failed() && !in.atEnd()) in.fail("bytes follow the module table");
  if (in.failed()) return tl::unexpected(in.error());
  return table;
}

const FunctionEntry* ModuleTable::function(std::uint32_t index) const {
  const auto found = std::lower_bound(
      functions.begin(), functions.end(), index,
      [](const FunctionEntry& entry, std::uint32_t wanted) { return entry.index < wanted; });
  return found != functions.end() && found->index == index ? &*found : nullptr;
}

const SiteEntry* ModuleTable::site(std::uint32_t functionIndex, std::uint32_t offset) const {
  const FunctionEntry* entry = function(functionIndex);
  if (entry == nullptr) return nullptr;
  const auto found = std::lower_bound(
      entry->sites.begin(), entry->sites.end(), offset,
      [](const SiteEntry& site, std::uint32_t wanted) { return site.offset < wanted; });
  return found != entry->sites.end() && found->offset == offset ? &*found : nullptr;
}

std::string ModuleTable::exportName(std::uint32_t function) const {
  const auto found = std::lower_bound(
      exports.begin(), exports.end(), function,
      [](const ExportEntry& entry, std::uint32_t wanted) { return entry.index < wanted; });
  return found != exports.end() && found->index == function ? found->name : std::string();
}

// Bytes that the rewriter inserted map to the place where they were inserted.
std::uint32_t ModuleTable::originalOffset(std::uint32_t probedOffset) const {
  const auto after = std::upper_bound(
      offsets.begin(), offsets.end(), probedOffset,
      [](std::uint32_t wanted, const OffsetEntry& entry) { return wanted < entry.probed; });
  std::int64_t original = probedOffset;
  if (after != offsets.begin()) {
    const OffsetEntry& entry = *(after - 1);
    original = static_cast<std::int64_t>(entry.original) + (probedOffset - entry.probed);
  }
  if (after != offsets.end()) original = std::min<std::int64_t>(original, after->original);
  return static_cast<std::uint32_t>(original);
}

}  // namespace asyncscope::record
