// The numbering of the instructions; see opcodes.def.
#pragma once
#include <cstdint>

enum Opcode : uint8_t {
#define OP(name, effect) OP_##name,
#include "vm/opcodes.def"
#undef OP
  kOpcodeCount
};

inline uint32_t op_make(Opcode op, uint32_t arg) { return (arg << 8) | op; }

// Bits of the argument of MAKE_FUNCTION.
enum { kFunDefaults = 1, kFunKwDefaults = 2, kFunClosure = 4 };
// Bits of FORMAT_VALUE: the conversion, and whether a spec is on the stack.
enum { kFormatStr = 1, kFormatRepr = 2, kFormatSpec = 4 };
