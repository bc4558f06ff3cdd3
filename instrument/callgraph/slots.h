// What lies at which offset of objects: the functions that a load of an index can find.
//
// An object begins where something points: at an address that is a word of the static data or a
// number in the code. A word at address A is in slot K of the object at A - K. Where it can be told
// which objects the pointer of a load means (constants, and what lies in the slot that the pointer
// itself is loaded from), only those count.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "instrument/callgraph/index_flow.h"
#include "instrument/callgraph/table_layout.h"

namespace asyncscope::callgraph {

// What a number can be, as far as it does not come out of memory.
struct IndexSources {
  std::vector<std::uint32_t> constants;
  std::vector<Value> loads;     // Load, ArrayLoad, AbsoluteLoad
  std::vector<Value> interior;  // Interior
  bool unknown = false;   // another call through a table, or what the host had from the module
  bool anything = false;  // computed, or given by a host that may give any number

  bool onlyConstants() const { return loads.empty() && interior.empty() && !unknown && !anything; }
};

class Slots {
 public:
  // How a function can be called by callers that are not seen.
  enum class Open : std::uint8_t { No, InTable, Exported };

  Slots(const IndexFlow& flow, const DataWords& data, const std::vector<Open>& open);

  // Walks back to where the value comes from. A parameter of an open function may also be whatever
  // its unseen callers pass. Gives up, with `unknown`, when the way is long.
  IndexSources sourcesOf(Value value, std::size_t limit) const;

  // The indices that such a load can find; sorted. Empty: none is known.
  const std::vector<std::uint32_t>& at(Value load);
  // Indices anywhere in memory, as far as they are known.
  const std::vector<std::uint32_t>& anywhere();

 private:
  using Key = std::pair<Value::From, std::uint32_t>;
  using Addresses = std::optional<std::vector<std::uint32_t>>;  // sorted; nothing: any object

  bool isObject(std::uint32_t address) const {
    return address < objects_.size() && objects_[address];
  }
  bool isInFrame(std::uint32_t base, int depth) const;
  bool isInDataArray(std::uint32_t address, std::uint32_t slot) const;
  bool isInStoredArray(const IndexStore& store) const;
  bool isInSlot(std::uint32_t address, std::uint32_t slot) const;
  Addresses objectsOf(std::uint32_t base, int depth);
  Addresses pointersIn(Value load, int depth);
  void addStored(const Key& key, std::vector<std::uint32_t>& numbers) const;
  void fill(std::uint32_t slot, const Addresses& objects, const std::vector<DataWord>& words,
            std::vector<std::uint32_t>& numbers) const;

  const IndexFlow& flow_;
  const DataWords& data_;
  const std::vector<Open>& open_;
  std::vector<bool> objects_;                           // by address
  std::map<Key, std::vector<std::uint32_t>> storesAt_;  // numbers of flow_.stores
  std::map<std::tuple<Value::From, std::uint32_t, Addresses>, std::vector<std::uint32_t>> known_;
  std::map<Key, Addresses> pointers_;
  std::vector<std::uint32_t> anywhere_;
  bool anywhereKnown_ = false;
  mutable std::vector<std::uint32_t> visited_;  // by variable: the walk that saw it last
  mutable std::uint32_t walk_ = 0;
};

}  // namespace asyncscope::callgraph
