// The types of WebAssembly, as small values that keep what the encoding says.
#pragma once

#include <cstdint>
#include <string>

#include "support/byte_reader.h"
#include "support/byte_writer.h"

namespace asyncscope::wasm {

// "There is none" wherever an index is asked for; no index space can be that large.
inline constexpr std::uint32_t kNoIndex = 0xFFFFFFFF;

// A half-open range of byte offsets in a module.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  std::uint32_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  bool contains(std::uint32_t offset) const { return offset >= begin && offset < end; }
  bool operator==(const Range&) const = default;
};

// The values are the type codes of the binary format; Ref stands for all reference types.
enum class ValueKind : std::uint8_t {
  I32 = 0x7F,
  I64 = 0x7E,
  F32 = 0x7D,
  F64 = 0x7C,
  V128 = 0x7B,
  I8 = 0x78,   // only as a field of a struct or array
  I16 = 0x77,  // only as a field of a struct or array
  Ref = 0x64,
};

// Abstract heap types, by their binary code read as a signed LEB128 (hence negative).
enum class HeapType : std::int32_t {
  NoExn = -0x0C,
  NoFunc = -0x0D,
  NoExtern = -0x0E,
  None = -0x0F,
  Func = -0x10,
  Extern = -0x11,
  Any = -0x12,
  Eq = -0x13,
  I31 = -0x14,
  Struct = -0x15,
  Array = -0x16,
  Exn = -0x17,
};

struct ValueType {
  ValueKind kind = ValueKind::I32;
  bool nullable = false;  // Ref: whether null belongs to it
  std::int32_t heap = 0;  // Ref: a type index when >= 0, else a HeapType

  bool isReference() const { return kind == ValueKind::Ref; }
  bool isNumber() const { return !isReference() && kind != ValueKind::V128; }
  bool operator==(const ValueType&) const = default;
};

inline constexpr ValueType kI32{ValueKind::I32};
inline constexpr ValueType kI64{ValueKind::I64};
inline constexpr ValueType kF32{ValueKind::F32};
inline constexpr ValueType kF64{ValueKind::F64};
inline constexpr ValueType kV128{ValueKind::V128};
inline constexpr ValueType kFuncRef{ValueKind::Ref, true,
                                    static_cast<std::int32_t>(HeapType::Func)};
inline constexpr ValueType kExternRef{ValueKind::Ref, true,
                                      static_cast<std::int32_t>(HeapType::Extern)};

// Reads a value type; an unknown code, or a type index of typeCount or more, fails the reader.
// Packed types (i8, i16) are accepted only where packed is true.
ValueType readValueType(support::ByteReader& reader, std::uint32_t typeCount, bool packed = false);

// Reads a heap type, as the nullable reference to it.
ValueType readHeapType(support::ByteReader& reader, std::uint32_t typeCount);

// Appends the shortest encoding.
void writeValueType(support::ByteWriter& writer, ValueType type);

// The type in the text format: "i32", "funcref", "(ref null 3)".
std::string toString(ValueType type);

}  // namespace asyncscope::wasm
