#include "instrument/module/types.h"

namespace asyncscope::wasm {
namespace {

constexpr std::uint8_t kRefNull = 0x63;
constexpr std::uint8_t kRef = 0x64;

struct AbstractHeapType {
  HeapType type;
  const char* name;       // in (ref name)
  const char* shorthand;  // for (ref null name)
};

constexpr AbstractHeapType kAbstract[] = {
    {HeapType::Func, "func", "funcref"},
    {HeapType::Extern, "extern", "externref"},
    {HeapType::Any, "any", "anyref"},
    {HeapType::Eq, "eq", "eqref"},
    {HeapType::I31, "i31", "i31ref"},
    {HeapType::Struct, "struct", "structref"},
    {HeapType::Array, "array", "arrayref"},
    {HeapType::Exn, "exn", "exnref"},
    {HeapType::None, "none", "nullref"},
    {HeapType::NoExtern, "noextern", "nullexternref"},
    {HeapType::NoFunc, "nofunc", "nullfuncref"},
    {HeapType::NoExn, "noexn", "nullexnref"},
};

const AbstractHeapType* findAbstract(std::int64_t code) {
  for (const AbstractHeapType& entry : kAbstract) {
    if (static_cast<std::int64_t>(entry.type) == code) {
      return &entry;
    }
  }
  return nullptr;
}

}  // namespace

ValueType readHeapType(support::ByteReader& reader, std::uint32_t typeCount) {
  const std::size_t start = reader.position();
  const std::int64_t code = reader.signedLeb33();
  if (code >= 0 ? code >= typeCount : findAbstract(code) == nullptr) {
    reader.fail(code >= 0 ? "type " + std::to_string(code) + " does not exist"
                          : "unknown heap type " + std::to_string(code),
                start);
    return {};
  }
  return {ValueKind::Ref, true, static_cast<std::int32_t>(code)};
}

ValueType readValueType(support::ByteReader& reader, std::uint32_t typeCount, bool packed) {
  const std::uint8_t code = reader.peek();
  switch (code) {
    case static_cast<std::uint8_t>(ValueKind::I32):
    case static_cast<std::uint8_t>(ValueKind::I64):
    case static_cast<std::uint8_t>(ValueKind::F32):
    case static_cast<std::uint8_t>(ValueKind::F64):
    case static_cast<std::uint8_t>(ValueKind::V128):
      return {static_cast<ValueKind>(reader.u8())};
    case static_cast<std::uint8_t>(ValueKind::I8):
    case static_cast<std::uint8_t>(ValueKind::I16):
      if (packed) {
        return {static_cast<ValueKind>(reader.u8())};
      }
      break;
    case kRefNull:
      reader.u8();
      return readHeapType(reader, typeCount);
    case kRef: {
      reader.u8();
      ValueType type = readHeapType(reader, typeCount);
      type.nullable = false;
      return type;
    }
    default:
      // An abstract heap type alone stands for the nullable reference to it.
      if ((code & 0xC0) == 0x40 && findAbstract(static_cast<std::int64_t>(code) - 0x80)) {
        return readHeapType(reader, typeCount);
      }
  }
  const std::size_t start = reader.position();
  reader.u8();
  reader.fail("unknown value type, code " + std::to_string(code), start);
  return {};
}

void writeValueType(support::ByteWriter& writer, ValueType type) {
  if (!type.isReference()) {
    writer.u8(static_cast<std::uint8_t>(type.kind));
    return;
  }
  if (!type.nullable || type.heap >= 0) {
    writer.u8(type.nullable ? kRefNull : kRef);
  }
  writer.signedLeb(type.heap);
}

std::string toString(ValueType type) {
  switch (type.kind) {
    case ValueKind::I32:
      return "i32";
    case ValueKind::I64:
      return "i64";
    case ValueKind::F32:
      return "f32";
    case ValueKind::F64:
      return "f64";
    case ValueKind::V128:
      return "v128";
    case ValueKind::I8:
      return "i8";
    case ValueKind::I16:
      return "i16";
    case ValueKind::Ref:
      break;
  }
  const AbstractHeapType* abstract = findAbstract(type.heap);
  if (abstract != nullptr && type.nullable) {
    return abstract->shorthand;
  }
  return std::string("(ref ") + (type.nullable ? "null " : "") +
         (abstract != nullptr ? abstract->name : std::to_string(type.heap)) + ")";
}

}  // namespace asyncscope::wasm
