// What is known of a number where it is used.
#pragma once

#include <cstdint>

namespace asyncscope::callgraph {

struct Value {
  enum class From : std::uint8_t {
    None,           // no integer
    Unknown,        // from memory, the host, or a call through the table
    Arithmetic,     // computed
    Constant,       // a: the number
    Variable,       // a: which one
    Load,           // a: the offset from a pointer that is not known: the slot
    ArrayLoad,      // from an address that was computed
    AbsoluteLoad,   // a: the address
    Saved,          // from a record of Asyncify
    OffsetPointer,  // a: what was added to the pointer at `base`
    Interior,       // the same, kept somewhere
    Frame,          // an address in the C stack: `base` tells where in the code the stack pointer
                    // was read (inlined functions have frames of their own), a: what was added to
                    // it, or kAnyPlace
    RecordCursor,   // the data global of Asyncify
    Record,         // an address in its buffer
    State,          // its state, which is 0 as long as nothing is suspended
    Truth,          // a: whether it is true while nothing is suspended
  };
  From from = From::None;
  std::uint32_t a = 0;
  std::uint32_t base = kNoBase;  // Load, OffsetPointer, Interior: IndexFlow::bases has the pointer

  static constexpr std::uint32_t kNoBase = 0xFFFFFFFF;
  static constexpr std::uint32_t kAnyPlace = 0x80000000;
};

}  // namespace asyncscope::callgraph
