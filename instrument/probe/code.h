// Spells the few instructions that probes and helpers are made of.
#pragma once

#include <cstdint>
#include <span>

#include "instrument/module/instruction.h"
#include "support/byte_writer.h"

namespace asyncscope::probe {

class Code {
 public:
  Code& op(std::uint32_t opcode) {
    bytes_.u8(static_cast<std::uint8_t>(opcode));
    return *this;
  }
  Code& op(std::uint32_t opcode, std::uint32_t index) {
    op(opcode);
    bytes_.leb(index);
    return *this;
  }
  Code& i32(std::uint32_t value) {
    op(wasm::Op::I32Const);
    bytes_.signedLeb(static_cast<std::int32_t>(value));
    return *this;
  }
  Code& i64(std::int64_t value) {
    op(wasm::Op::I64Const);
    bytes_.signedLeb(value);
    return *this;
  }
  // A block, loop or if without a value.
  Code& begin(std::uint32_t opcode) {
    op(opcode);
    bytes_.u8(kEmptyBlock);
    return *this;
  }
  // A load of natural alignment at offset 0.
  Code& load(std::uint32_t opcode, std::uint32_t alignLog2, std::uint32_t memory) {
    constexpr std::uint32_t kHasMemoryIndex = 0x40;
    op(opcode);
    bytes_.leb(memory == 0 ? alignLog2 : alignLog2 | kHasMemoryIndex);
    if (memory != 0) {
      bytes_.leb(memory);
    }
    bytes_.leb(0);
    return *this;
  }
  Code& end() { return op(wasm::Op::End); }

  // The raw bytes of immediates.
  support::ByteWriter& raw() { return bytes_; }
  std::span<const std::uint8_t> span() const { return bytes_.span(); }
  void clear() { bytes_.clear(); }

 private:
  static constexpr std::uint8_t kEmptyBlock = 0x40;
  support::ByteWriter bytes_;
};

}  // namespace asyncscope::probe
