#include "instrument/asyncify/stack_pointer.h"

#include <string_view>
#include <utility>
#include <vector>

namespace asyncscope::asyncify {
namespace {

constexpr std::string_view kLinkerName = "__stack_pointer";
constexpr std::uint32_t kLeastWriters = 2;
// A flag or a counter starts below, a C stack of any use ends above.
constexpr std::int64_t kLeastStackTop = 1024;

bool canBe(const wasm::Module& module, const Globals& globals, std::uint32_t global) {
  const wasm::Global& entry = module.globals[global];
  return entry.isMutable && (entry.type == wasm::kI32 || entry.type == wasm::kI64) &&
         global != globals.state && global != globals.data;
}

bool startsAsStack(const wasm::Global& global) {
  return global.import != kNoIndex || global.constant.kind == wasm::Constant::Kind::GlobalGet ||
         (global.constant.isInteger() && global.constant.value >= kLeastStackTop);
}

}  // namespace

std::uint32_t findStackPointer(const wasm::Module& module, const Globals& globals,
                               const BodyScan& scan) {
  for (const wasm::Import& import : module.imports) {
    if (import.kind == wasm::ExternalKind::Global && import.name == kLinkerName &&
        canBe(module, globals, import.index)) {
      return import.index;
    }
  }
  if (const wasm::Export* entry = module.findExport(kLinkerName, wasm::ExternalKind::Global);
      entry != nullptr && canBe(module, globals, entry->index)) {
    return entry->index;
  }
  const auto names = module.globalNames();
  for (std::uint32_t global = 0; global < names.size(); ++global) {
    if (names[global] == kLinkerName && canBe(module, globals, global)) {
      return global;
    }
  }
  const auto most = [&](const std::vector<std::uint32_t>& votes, std::uint32_t least) {
    std::uint32_t best = kNoIndex;
    std::uint32_t bestVotes = least - 1;
    for (std::uint32_t global = 0; global < module.globals.size(); ++global) {
      if (votes[global] > bestVotes && canBe(module, globals, global) &&
          startsAsStack(module.globals[global])) {
        best = global;
        bestVotes = votes[global];
      }
    }
    return best;
  };
  const std::uint32_t moved = most(scan.prologueVotes, 1);
  if (moved != kNoIndex) {
    return moved;
  }
  std::vector<std::uint32_t> writers(module.globals.size());
  std::vector<std::uint32_t> lastWriter(module.globals.size(), kNoIndex);
  for (const GlobalWrite& write : scan.globalWrites) {
    if (std::exchange(lastWriter[write.global], write.function) != write.function) {
      ++writers[write.global];
    }
  }
  return most(writers, kLeastWriters);
}

}  // namespace asyncscope::asyncify
