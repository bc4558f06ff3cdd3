#include "instrument/asyncify/controls.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "instrument/module/instruction.h"

namespace asyncscope::asyncify {
namespace {

namespace Op = wasm::Op;

// As long as a control function can be, with 64-bit pointers, long indices and a spilled operand.
constexpr std::uint32_t kControlFunctionBytes = 80;
// An i32.const, however padded.
constexpr std::uint32_t kConstantBytes = 6;

std::uint8_t flagOf(std::uint32_t value) {
  switch (value) {
    case 0:
      return ControlFacts::kStops;
    case 1:
      return ControlFacts::kStartsUnwind;
    case 2:
      return ControlFacts::kStartsRewind;
    default:  // not a constant: any of them
      return ControlFacts::kStops | ControlFacts::kStartsUnwind | ControlFacts::kStartsRewind;
  }
}

// ()->() or (pointer)->(), short, without calls or records; the state is written first, and once.
bool hasControlShape(const wasm::Module& module, const BodyScan& scan, const Globals& globals,
                     const ControlPoint& write) {
  const std::uint32_t defined = write.function - module.importedFunctionCount;
  const BodyFacts& facts = scan.bodies[defined];
  const std::uint32_t nextSite = defined + 1 < scan.bodies.size()
                                     ? scan.bodies[defined + 1].firstSite
                                     : static_cast<std::uint32_t>(scan.sites.size());
  const wasm::FunctionType type = module.functionType(write.function);
  const bool starts = write.value == 1 || write.value == 2;
  const bool params = starts ? type.params.size() == 1 &&
                                   type.params[0] == (globals.pointer64 ? wasm::kI64 : wasm::kI32)
                             : type.params.empty();
  return (starts || write.value == 0) && params && type.results.empty() &&
         nextSite == facts.firstSite && facts.pops == 0 && facts.pushes == 0 &&
         module.functions[write.function].code.size() <= kControlFunctionBytes &&
         write.before - module.functions[write.function].code.begin <= kConstantBytes &&
         facts.stateWrites == 1;
}

bool isGetState(const wasm::Module& module, const Globals& globals, std::uint32_t function) {
  const wasm::FunctionType type = module.functionType(function);
  // global.get with an index of up to five bytes, and end
  if (!type.params.empty() || type.results.size() != 1 || type.results[0] != wasm::kI32 ||
      module.functions[function].code.size() > 7) {
    return false;
  }
  wasm::InstructionReader reader(module, function);
  wasm::Instruction instruction;
  return reader.next(instruction) && instruction.opcode == Op::GlobalGet &&
         instruction.index == globals.state && reader.next(instruction) && reader.depth() == 0;
}

// Names the control functions as the host sees them.
class ControlList {
 public:
  explicit ControlList(const wasm::Module& module) : module_(module) {}

  void add(ControlKind kind, std::uint32_t function, std::string_view exportName) {
    controls_.push_back({kind, function, std::string(exportName)});
  }
  void addExported(ControlKind kind, std::uint32_t function) {
    const auto names = exportsOf(function);
    if (names.empty()) {
      add(kind, function, {});
    }
    for (const std::string_view name : names) {
      add(kind, function, name);
    }
  }
  // Both stops do the same, so only their order tells them apart: Binaryen writes start_unwind,
  // stop_unwind, start_rewind, stop_rewind, and later passes may reverse that. Merged into one
  // function they may still be two exports.
  void addStops(std::vector<std::uint32_t> functions, bool reversed) {
    if (reversed) {
      std::reverse(functions.begin(), functions.end());
    }
    if (functions.size() == 1) {
      const auto names = exportsOf(functions[0]);
      add(ControlKind::StopUnwind, functions[0], names.empty() ? std::string_view{} : names[0]);
      add(ControlKind::StopRewind, functions[0], names.empty() ? std::string_view{} : names.back());
      return;
    }
    for (std::size_t i = 0; i < functions.size(); ++i) {
      addExported(i == 0 ? ControlKind::StopUnwind : ControlKind::StopRewind, functions[i]);
    }
  }
  std::vector<Control> take() { return std::move(controls_); }

 private:
  std::vector<std::string_view> exportsOf(std::uint32_t function) const {
    std::vector<std::string_view> names;
    for (const wasm::Export& entry : module_.exports) {
      if (entry.kind == wasm::ExternalKind::Function && entry.index == function) {
        names.push_back(entry.name);
      }
    }
    return names;
  }

  const wasm::Module& module_;
  std::vector<Control> controls_;
};

}  // namespace

ControlFacts findControls(const wasm::Module& module, const Globals& globals,
                          const BodyScan& scan) {
  ControlFacts facts;
  facts.flags.resize(module.functions.size());
  ControlList list(module);
  std::vector<std::uint32_t> stops;
  std::uint8_t inlined = 0;
  std::uint32_t startUnwind = 0;
  std::uint32_t startRewind = 0;
  for (const ControlPoint& write : scan.stateWrites) {
    facts.flags[write.function] |= flagOf(write.value);
    if (!hasControlShape(module, scan, globals, write)) {
      inlined |= flagOf(write.value);
      continue;
    }
    facts.flags[write.function] |= ControlFacts::kControlFunction;
    if (write.value == 1) {
      startUnwind = write.function;
      list.addExported(ControlKind::StartUnwind, write.function);
    } else if (write.value == 2) {
      startRewind = write.function;
      list.addExported(ControlKind::StartRewind, write.function);
    } else {
      stops.push_back(write.function);
    }
  }
  list.addStops(std::move(stops), startRewind < startUnwind);
  if ((inlined & ControlFacts::kStartsUnwind) != 0) {
    list.add(ControlKind::StartUnwind, kNoIndex, {});
  }
  if ((inlined & ControlFacts::kStartsRewind) != 0) {
    list.add(ControlKind::StartRewind, kNoIndex, {});
  }
  if ((inlined & ControlFacts::kStops) != 0) {
    list.add(ControlKind::StopUnwind, kNoIndex, {});
    list.add(ControlKind::StopRewind, kNoIndex, {});
  }
  for (std::uint32_t function = module.importedFunctionCount; function < module.functions.size();
       ++function) {
    if (isGetState(module, globals, function)) {
      list.addExported(ControlKind::GetState, function);
    }
  }
  // Callers of control functions take part in what those do.
  for (const Site& site : scan.sites) {
    if (site.kind == SiteKind::Call && facts.isControlFunction(site.target)) {
      facts.flags[site.function] |=
          static_cast<std::uint8_t>(facts.flags[site.target] & ~ControlFacts::kControlFunction);
    }
  }
  facts.controls = list.take();
  return facts;
}

}  // namespace asyncscope::asyncify
