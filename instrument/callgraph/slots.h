// What lies at which offset of objects: the functions that a load of an index can find.
//
// An object begins where something points: at an address that is a word of the static data or a
// number in the code. A word at address A is in slot K of the object at A - K. Where it can be told
// which objects the pointer of a load means (constants, and what lies in the slot that the pointer
// itself is loaded from), only those count. An object in the C stack is told by the frame
// in which it is and by its place there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
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
  std::vector<Value> frames;    // Frame
  bool unknown = false;   // another call through a table, or what the host had from the module
  bool anything = false;  // computed, or given by a host that may give any number

  bool nothing() const {
    return constants.empty() && loads.empty() && interior.empty() && frames.empty() && !unknown &&
           !anything;
  }
  bool onlyConstants() const { return loads.empty() && interior.empty() && !unknown && !anything; }
};

// What loads can find: indices, as far as they are known.
struct Found {
  std::vector<std::uint32_t> indices;
  // Where any object may be meant: numbers that the code also computes with, and that have a place
  // in the static data. They can be mere numbers that happen to be the index of something.
  std::vector<std::uint32_t> doubtful;
  // Nothing can be there: slots of objects in the C stack that no code is seen to write.
  bool unwritten = true;
};

class Slots {
 public:
  // How a function can be called by callers that are not seen.
  enum class Open : std::uint8_t { No, InTable, Exported };
  // What a word seems to be.
  enum class Kind : std::uint8_t { Other, Index, Pointer };

  Slots(const IndexFlow& flow, const DataWords& data, const std::vector<Open>& open);

  // Walks back to where the value comes from. A parameter of an open function may also be whatever
  // its unseen callers pass. Gives up, with `unknown`, when the way is long.
  IndexSources sourcesOf(Value value, std::size_t limit) const;

  // Adds what the load can find; `unwritten` stays true where it is so of this one too.
  void find(Value load, Found& found);

 private:
  using Key = std::pair<Value::From, std::uint32_t>;
  using Addresses = std::optional<std::vector<std::uint32_t>>;  // sorted; nothing: any object
  using SlotOfPointer = std::tuple<std::uint32_t, Value::From, std::uint32_t, std::uint32_t>;
  using FramePlace =
      std::pair<std::uint32_t, std::uint32_t>;  // Value::base and Value::a of a Frame

  // Of one slot of these objects; sorted.
  struct Contents {
    std::vector<std::uint32_t> indices, doubtful;
    const std::vector<std::uint32_t>* stored = nullptr;  // more indices, of storedAnywhere()
    bool unwritten = false;
  };

  bool isObject(std::uint32_t address) const {
    return address < objects_.size() && objects_[address];
  }
  bool isInFrame(std::uint32_t base, int depth) const;
  std::vector<FramePlace> framesOf(std::uint32_t base) const;
  void readFrameStores();
  bool isFilled(std::uint32_t frame, std::uint32_t place) const;
  // False: no code is seen to write there.
  bool addStoredInFrames(const std::vector<FramePlace>& places, std::uint32_t slot, bool copies,
                         std::vector<std::uint32_t>& numbers);
  bool isInDataArray(std::uint32_t address, std::uint32_t slot) const;
  SlotOfPointer slotOf(const Value& place, std::uint32_t slot) const;
  bool isInStoredArray(const IndexStore& store);
  bool isInSlot(std::uint32_t address, std::uint32_t slot) const;
  Addresses objectsOf(std::uint32_t base, int depth);
  Addresses pointersIn(Value load, int depth);
  bool isOnlyStatic(std::uint32_t base, int depth) const;
  void addStored(const Key& key, const Addresses& objects, std::vector<std::uint32_t>& numbers);
  const std::vector<std::uint32_t>& constantsOf(std::uint32_t store);
  bool mayWrite(std::uint32_t store, const std::vector<std::uint32_t>& objects);
  const std::vector<std::uint32_t>& storedAnywhere(const Key& key);
  void setDoubtfulApart(Contents& contents) const;
  const Contents& at(Value load, bool copies);
  // Indices anywhere in memory.
  const Contents& anywhere();
  void fill(std::uint32_t slot, const Addresses& objects, const std::vector<DataWord>& words,
            std::vector<std::uint32_t>& numbers);

  const IndexFlow& flow_;
  const DataWords& data_;
  const std::vector<Open>& open_;
  std::map<SlotOfPointer, Kind> storedKinds_;  // of constants that code stores
  bool storedKindsKnown_ = false;
  std::vector<bool> objects_;                                     // by address
  std::map<Key, std::vector<std::uint32_t>> storesAt_;            // numbers of flow_.stores
  std::map<FramePlace, std::vector<std::uint32_t>> frameStores_;  // numbers of flow_.stores
  // By frame: from which place on, and how many bytes.
  std::multimap<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>> frameFills_;
  bool frameStoresKnown_ = false;
  std::map<std::tuple<Value::From, std::uint32_t, Addresses, std::vector<FramePlace>, bool>,
           Contents>
      known_;
  std::map<Key, Addresses> pointers_;
  std::map<Key, std::vector<std::uint32_t>> storedAnywhere_;
  // By number of the store: see constantsOf(); by pointer: see mayWrite().
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> storedConstants_;
  std::map<SlotOfPointer, Addresses> writtenThrough_;
  Contents anywhere_;
  bool anywhereKnown_ = false;
  mutable std::vector<std::uint32_t> visited_;  // by variable: the walk that saw it last
  mutable std::uint32_t walk_ = 0;
};

}  // namespace asyncscope::callgraph
