#include "instrument/callgraph/table_layout.h"

#include <algorithm>
#include <cstddef>

namespace asyncscope::callgraph {
namespace {

constexpr std::uint32_t kWordBytes = 4;
// Static objects are looked up by address as bits.
constexpr std::uint64_t kMaximalStatic = std::uint64_t{1} << 28;

std::uint32_t wordAt(const wasm::Module& module, std::uint32_t offset) {
  std::uint32_t word = 0;
  for (std::uint32_t i = kWordBytes; i-- > 0;) {
    word = word << 8 | module.bytes[offset + i];
  }
  return word;
}

bool isPlaced(const wasm::DataSegment& segment) {
  return segment.mode == wasm::SegmentMode::Active && segment.offset.isInteger();
}

std::uint32_t addressOf(const wasm::DataSegment& segment) {
  return static_cast<std::uint32_t>(segment.offset.value);
}

}  // namespace

TableLayout::TableLayout(const wasm::Module& module) {
  for (const wasm::ElementSegment& segment : module.elements) {
    if (segment.mode != wasm::SegmentMode::Active) {
      dynamic_ = dynamic_ || segment.mode == wasm::SegmentMode::Passive;
      continue;
    }
    if (!segment.offset.isInteger()) {
      dynamic_ = true;
      continue;
    }
    const std::uint64_t begin = static_cast<std::uint32_t>(segment.offset.value);
    if (begin + segment.functions.size() > kMaximalIndex) {
      dynamic_ = true;
      continue;
    }
    first_.resize(std::max<std::size_t>(first_.size(), begin + segment.functions.size()), kNone);
    for (std::size_t i = 0; i < segment.functions.size(); ++i) {
      if (segment.functions[i] != wasm::kNoIndex) {
        std::uint32_t& first = first_[begin + i];
        entries_.push_back({segment.functions[i], first});
        first = static_cast<std::uint32_t>(entries_.size() - 1);
      }
    }
  }
}

bool hostWritesTables(const wasm::Module& module) {
  return module.importedTableCount > 0 ||
         std::any_of(module.exports.begin(), module.exports.end(), [](const wasm::Export& entry) {
           return entry.kind == wasm::ExternalKind::Table;
         });
}

std::vector<bool> findTableMembers(const wasm::Module& module,
                                   const std::vector<std::uint32_t>& referenced) {
  std::vector<bool> inTable(module.functions.size());
  for (const wasm::ElementSegment& segment : module.elements) {
    for (const std::uint32_t function : segment.functions) {
      if (function != wasm::kNoIndex) {
        inTable[function] = true;
      }
    }
  }
  for (const wasm::Global& global : module.globals) {
    if (global.constant.kind == wasm::Constant::Kind::RefFunc) {
      inTable[global.constant.index] = true;
    }
  }
  for (const std::uint32_t function : referenced) {
    inTable[function] = true;
  }
  if (hostWritesTables(module)) {
    for (const wasm::Export& entry : module.exports) {
      if (entry.kind == wasm::ExternalKind::Function) {
        inTable[entry.index] = true;
      }
    }
  }
  return inTable;
}

std::uint32_t staticEnd(const wasm::Module& module) {
  std::uint64_t end = 0;
  for (const wasm::DataSegment& segment : module.data) {
    if (isPlaced(segment)) {
      end = std::max(end, std::uint64_t{addressOf(segment)} + segment.bytes.size());
    }
  }
  if (!module.memories.empty()) {
    const wasm::Memory& memory = module.memories[0];
    const std::uint64_t pages = std::min(memory.limits.minimum, kMaximalStatic);
    end = std::max(end, pages << memory.pageSizeLog2);
  }
  return static_cast<std::uint32_t>(std::min(end, kMaximalStatic));
}

DataWords readDataWords(const wasm::Module& module, const TableLayout& tables) {
  DataWords words;
  words.held.resize(tables.size());
  const std::uint32_t end = staticEnd(module);
  for (const wasm::DataSegment& segment : module.data) {
    const bool placed = isPlaced(segment);
    words.placed = words.placed && placed;
    const std::uint32_t address = placed ? addressOf(segment) : 0;
    for (std::uint32_t at = segment.bytes.begin; at + kWordBytes <= segment.bytes.end; ++at) {
      const std::uint32_t value = wordAt(module, at);
      if (value == 0 || (value >= end && value >= tables.size())) {
        continue;
      }
      const std::uint32_t place = address + (at - segment.bytes.begin);
      const bool isIndex = tables.holds(value);
      if (isIndex) {
        words.held[value] = true;
      }
      if (place % kWordBytes != 0 || !placed) {
        continue;
      }
      if (isIndex) {
        words.indices.push_back({place, value});
      }
      if (value < end) {
        words.pointers.push_back({place, value});
      }
    }
  }
  const auto byAddress = [](const DataWord& a, const DataWord& b) { return a.address < b.address; };
  std::sort(words.indices.begin(), words.indices.end(), byAddress);
  std::sort(words.pointers.begin(), words.pointers.end(), byAddress);
  return words;
}

}  // namespace asyncscope::callgraph
