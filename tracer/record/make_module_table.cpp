#include "tracer/record/make_module_table.h"

#include <algorithm>

#include "support/hash.h"

namespace asyncscope::record {

namespace {

SiteEntry siteEntry(const asyncify::Site& site) {
  SiteEntry entry;
  entry.offset = site.offset;
  entry.kind = static_cast<SiteKind>(site.kind);
  entry.guarded = site.guarded;
  entry.maySuspend = site.maySuspend;
  entry.inCatch = site.inCatch;
  entry.callIndex = site.callIndex;
  entry.target = site.target;
  return entry;
}
static_assert(static_cast<int>(SiteKind::CallRef) == static_cast<int>(asyncify::SiteKind::CallRef));
static_assert(static_cast<int>(ControlKind::GetState) ==
              static_cast<int>(asyncify::ControlKind::GetState));

std::vector<ImportEntry> importedFunctions(const wasm::Module& module,
                                           const asyncify::AsyncifyInfo& info) {
  std::vector<ImportEntry> entries;
  for (const wasm::Import& import : module.imports) {
    if (import.kind != wasm::ExternalKind::Function) continue;
    const bool suspending = std::find(info.suspendingImports.begin(), info.suspendingImports.end(),
                                      import.index) != info.suspendingImports.end();
    entries.push_back(
        {import.index, std::string(import.module), std::string(import.name), suspending});
  }
  return entries;
}

// Functions that only matter when an import suspends that Asyncify was not told of.
void addImportCallers(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                      const std::vector<std::string_view>& names, ModuleTable& table) {
  const std::size_t before = table.functions.size();
  for (const asyncify::Site& site : info.otherImportCalls) {
    if (table.functions.size() == before || table.functions.back().index != site.function) {
      FunctionEntry entry;
      entry.index = site.function;
      if (site.function < names.size()) entry.name = names[site.function];
      entry.bodyBegin = module.functions[site.function].body.begin;
      entry.bodyEnd = module.functions[site.function].body.end;
      table.functions.push_back(std::move(entry));
    }
    table.functions.back().sites.push_back(siteEntry(site));
  }
  std::inplace_merge(
      table.functions.begin(), table.functions.begin() + static_cast<std::ptrdiff_t>(before),
      table.functions.end(),
      [](const FunctionEntry& a, const FunctionEntry& b) { return a.index < b.index; });
}

std::vector<ExportEntry> exportedFunctions(const wasm::Module& module) {
  std::vector<ExportEntry> entries;
  for (const wasm::Export& exported : module.exports) {
    if (exported.kind != wasm::ExternalKind::Function) continue;
    entries.push_back({exported.index, std::string(exported.name)});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const ExportEntry& a, const ExportEntry& b) { return a.index < b.index; });
  const auto same = [](const ExportEntry& a, const ExportEntry& b) { return a.index == b.index; };
  entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
  return entries;
}

// The segments that hold anything but zeros (those are room for variables without a value), from
// their first byte that is none to the last. Adjacent ones are one.
std::vector<DataEntry> dataEntries(const wasm::Module& module, std::uint32_t memory) {
  std::vector<DataEntry> entries;
  for (const wasm::DataSegment& segment : module.data) {
    if (segment.mode != wasm::SegmentMode::Active || segment.memory != memory) continue;
    if (!segment.offset.isInteger()) continue;
    const auto bytes = module.slice(segment.bytes);
    const auto isSet = [](std::uint8_t byte) { return byte != 0; };
    const auto first = std::find_if(bytes.begin(), bytes.end(), isSet);
    if (first == bytes.end()) continue;
    const auto last = std::find_if(bytes.rbegin(), bytes.rend(), isSet);
    const std::uint64_t offset = segment.offset.kind == wasm::Constant::Kind::I32
                                     ? static_cast<std::uint32_t>(segment.offset.value)
                                     : static_cast<std::uint64_t>(segment.offset.value);
    entries.push_back({offset + static_cast<std::uint64_t>(first - bytes.begin()),
                       offset + static_cast<std::uint64_t>(bytes.rend() - last)});
  }
  std::sort(entries.begin(), entries.end(),
            [](const DataEntry& a, const DataEntry& b) { return a.begin < b.begin; });
  std::vector<DataEntry> merged;
  for (const DataEntry& entry : entries) {
    if (!merged.empty() && entry.begin <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, entry.end);
    } else {
      merged.push_back(entry);
    }
  }
  return merged;
}

// Copied runs alone: what lies between two of them was inserted before the second, and
// originalOffset maps it there.
std::vector<OffsetEntry> offsetEntries(const wasm::OffsetMap& offsets) {
  std::vector<OffsetEntry> entries;
  for (const wasm::OffsetRun& run : offsets.runs()) {
    if (run.kind == wasm::OffsetRun::Kind::Copied) entries.push_back({run.patched, run.original});
  }
  return entries;
}

}  // namespace

ModuleTable makeModuleTable(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                            const wasm::OffsetMap* offsets) {
  ModuleTable table;
  table.hash = support::fnv1a64(module.bytes);
  table.size = module.bytes.size();
  table.probedSize = offsets != nullptr ? offsets->patchedSize() : table.size;
  table.name = module.moduleName();
  table.memory64 = info.globals.pointer64;
  table.indirectIgnored = info.indirectIgnored;
  table.importedFunctions = module.importedFunctionCount;
  table.functionCount = static_cast<std::uint32_t>(module.functions.size());
  table.stateGlobal = info.globals.state;
  table.dataGlobal = info.globals.data;
  table.stackPointerGlobal = info.stackPointer;
  for (const asyncify::Control& control : info.controls) {
    table.controls.push_back(
        {static_cast<ControlKind>(control.kind), control.function, control.exportName});
  }
  table.imports = importedFunctions(module, info);

  const std::vector<std::string_view> names = module.functionNames();
  table.hasNames = std::any_of(names.begin(), names.end(), [](auto name) { return !name.empty(); });
  table.functions.reserve(info.functions.size());
  for (const asyncify::FunctionInfo& function : info.functions) {
    FunctionEntry entry;
    entry.index = function.index;
    if (function.index < names.size()) entry.name = names[function.index];
    entry.instrumented = function.instrumented;
    entry.runtime = function.runtime;
    entry.movesStackPointer = function.movesStackPointer;
    entry.inElements = function.inElements;
    const wasm::FunctionType type = module.functionType(function.index);
    entry.takesInt64 =
        std::find(type.params.begin(), type.params.end(), wasm::kI64) != type.params.end();
    entry.recordBytes = function.recordBytes;
    entry.bodyBegin = function.body.begin;
    entry.bodyEnd = function.body.end;
    for (const asyncify::Site& site : info.sitesOf(function))
      entry.sites.push_back(siteEntry(site));
    table.functions.push_back(std::move(entry));
  }
  addImportCallers(module, info, names, table);
  if (offsets != nullptr) table.offsets = offsetEntries(*offsets);
  if (const wasm::Section* code = module.section(wasm::SectionId::Code)) {
    table.codeBegin = code->content.begin;
  }
  table.exports = exportedFunctions(module);
  table.data = dataEntries(module, info.globals.memory);
  return table;
}

}  // namespace asyncscope::record
