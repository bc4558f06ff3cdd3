// Where the index of an indirect call comes from: one pass over all bodies that follows numbers
// through locals, blocks, parameters, results and globals, but not through memory.
//
//   i32.load offset=8 (local.get $object)  local.set $f  …  call_indirect (local.get $f)
//     the use:   Variable $f          the definition of $f:   Load, slot 8
//
// Guarantees: every definition of a variable that can be an index is recorded, or the variable is
// flagged as Unknown or Arithmetic. What Asyncify restores from its records is left out, as it is
// what the same local held before. Nothing here depends on names.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "instrument/callgraph/lists.h"
#include "instrument/callgraph/table_layout.h"
#include "instrument/callgraph/value.h"
#include "instrument/module/module.h"
#include "support/result.h"

namespace asyncscope::callgraph {

// The globals of Asyncify, where the module has it: its code is read as it runs while nothing is
// suspended, as a rewind calls what was called before. And that of the C stack.
struct SuspendGlobals {
  std::uint32_t state = wasm::kNoIndex;
  std::uint32_t data = wasm::kNoIndex;
  std::uint32_t stackPointer = wasm::kNoIndex;  // of the C stack, whether asyncified or not
};

// An instruction that calls through a table: call_indirect, or the call of an import such as
// `invoke_vi`, which does it for the module.
struct IndexUse {
  std::uint32_t function = 0;
  std::uint32_t offset = 0;               // of the call's opcode
  std::uint32_t type = wasm::kNoIndex;    // of call_indirect and call_ref
  std::uint32_t import = wasm::kNoIndex;  // of a call of such an import
  std::uint32_t table = 0;
  bool reference = false;  // call_ref: has no index
  Value index;
};

// A store of what can be an index.
struct IndexStore {
  Value place;  // Load, ArrayLoad or AbsoluteLoad: where a load would read it
  Value value;
};

// Memory that is written as a whole, from somewhere that is not followed.
struct IndexFill {
  static constexpr std::uint32_t kAnySize = 0xFFFFFFFF;

  Value place;  // Load: its first byte
  std::uint32_t size = kAnySize;
};

struct IndexFlow {
  enum : std::uint8_t { kUnknown = 1, kArithmetic = 2 };

  std::vector<IndexUse> uses;  // in the order of the code
  std::vector<IndexStore> stores;
  std::vector<IndexFill> fills;
  std::vector<Value> bases;        // pointers that loads go through
  std::vector<bool> heldByCode;    // by index in the table: the code has it as a number to keep
  std::vector<bool> computedWith;  // by index in the table: the code computes with that number too
  std::vector<bool> addresses;     // by address: the code has it as that of an object
  std::vector<std::uint32_t> referenced;  // functions of ref.func
  bool writesTables = false;  // table.set, table.init, table.copy, table.fill, table.grow

  std::uint32_t variableCount() const { return static_cast<std::uint32_t>(flags.size()); }
  std::span<const std::uint32_t> definitionsOf(std::uint32_t variable) const {
    return byVariable.of(variable);
  }
  // The function and parameter of a variable that is a parameter; false for others.
  bool isParameter(std::uint32_t variable, std::uint32_t& function) const;

  std::vector<std::uint8_t> flags;  // by variable
  std::vector<Value> definitions;   // what definitionsOf() counts
  Lists byVariable;
  std::vector<std::uint32_t> parameters;  // by function: its first variable; its params follow
  std::vector<std::uint32_t> paramCounts;
};

// Linear in the code.
support::Result<IndexFlow> followIndices(const wasm::Module& module, const TableLayout& tables,
                                         SuspendGlobals globals);

}  // namespace asyncscope::callgraph
