#include "instrument/callgraph/slots.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace asyncscope::callgraph {
namespace {

using From = Value::From;

// Of what code stores, sources nearer than this are looked for.
constexpr std::size_t kStoredValueLimit = 64;
// Of pointers that loads go through; and how many loads stand one behind the other.
constexpr std::size_t kPointerLimit = 256;
constexpr int kPointerDepth = 2;
// Of pointers into the C stack: how many are looked at, one behind the other.
constexpr std::size_t kFrameWays = 8;
using Kind = Slots::Kind;

// What lies farther from the start of an object is told apart by nothing.
constexpr std::uint32_t kLargestObject = 4096;
// Of records in arrays, in bytes.
constexpr std::uint32_t kSmallestRecord = 8;
constexpr std::uint32_t kLargestRecord = 32;
// A pointer that can mean more objects than this can as well mean any.
constexpr std::size_t kMostObjects = 4096;
constexpr std::size_t kManyNumbers = 1 << 17;
constexpr std::size_t kMostWritten = 512;  // of a pointer that is stored through

void unite(std::vector<std::uint32_t>& into, const std::vector<std::uint32_t>& more) {
  std::vector<std::uint32_t> all;
  all.reserve(into.size() + more.size());
  std::set_union(into.begin(), into.end(), more.begin(), more.end(), std::back_inserter(all));
  into = std::move(all);
}

// A place in a frame, so many bytes on.
std::uint32_t moved(std::uint32_t place, std::uint32_t by) {
  return place == Value::kAnyPlace || by == Value::kAnyPlace ? Value::kAnyPlace : place + by;
}

void sortUnique(std::vector<std::uint32_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

Slots::Slots(const IndexFlow& flow, const DataWords& data, const std::vector<Open>& open)
    : flow_(flow), data_(data), open_(open), visited_(flow.variableCount()) {
  for (std::uint32_t i = 0; i < flow.stores.size(); ++i) {
    const Value place = flow.stores[i].place;
    storesAt_[{place.from, place.a}].push_back(i);
  }
  objects_ = flow.addresses;
  for (const DataWord& pointer : data.pointers) {
    if (pointer.value < objects_.size()) {
      objects_[pointer.value] = true;
    }
  }
}

IndexSources Slots::sourcesOf(Value value, std::size_t limit) const {
  IndexSources sources;
  ++walk_;
  std::vector<std::uint32_t> work;
  const auto take = [&](Value from) {
    switch (from.from) {
      case From::Constant:
        sources.constants.push_back(from.a);
        break;
      case From::Variable:
        if (std::exchange(visited_[from.a], walk_) != walk_) {
          work.push_back(from.a);
        }
        break;
      case From::Load:
      case From::ArrayLoad:
      case From::AbsoluteLoad:
        sources.loads.push_back(from);
        break;
      case From::Interior:
        sources.interior.push_back(from);
        break;
      case From::Frame:
        sources.frames.push_back(from);
        break;
      default:
        sources.unknown = true;
    }
  };
  if (value.from == From::Arithmetic) {
    sources.anything = true;
  } else {
    take(value);
  }
  for (std::size_t steps = 0; !work.empty(); ++steps) {
    if (steps == limit) {
      sources.unknown = true;
      break;
    }
    const std::uint32_t variable = work.back();
    work.pop_back();
    if (flow_.flags[variable] != 0) {
      sources.unknown = true;
    }
    std::uint32_t function = 0;
    if (flow_.isParameter(variable, function)) {
      sources.unknown = sources.unknown || open_[function] == Open::InTable;
      sources.anything = sources.anything || open_[function] == Open::Exported;
    }
    for (const std::uint32_t definition : flow_.definitionsOf(variable)) {
      take(flow_.definitions[definition]);
    }
  }
  sortUnique(sources.constants);
  const auto order = [](Value a, Value b) {
    return std::tuple(a.from, a.a, a.base) < std::tuple(b.from, b.a, b.base);
  };
  const auto same = [](Value a, Value b) {
    return a.from == b.from && a.a == b.a && a.base == b.base;
  };
  std::sort(sources.loads.begin(), sources.loads.end(), order);
  sources.loads.erase(std::unique(sources.loads.begin(), sources.loads.end(), same),
                      sources.loads.end());
  return sources;
}

// Whether an object begins so far before the address, and none nearer to it.
bool Slots::isInSlot(std::uint32_t address, std::uint32_t slot) const {
  const std::uint32_t object = address - slot;
  if (slot > kLargestObject || !isObject(object)) {
    return false;
  }
  for (std::uint32_t between = object + 1; between < address; ++between) {
    if (isObject(between)) {
      return false;
    }
  }
  return !isInDataArray(address, slot);
}

// Whether a place, `slot` bytes into an object, is in an array of records, such as names with
// functions: there the offset counts from the record, not from the first of them. kindAt(slot)
// tells of what kind the number there is.
template <class KindAt>
bool isInArray(std::uint32_t slot, KindAt kindAt) {
  constexpr std::uint32_t kWord = 4;
  for (std::uint32_t size = kSmallestRecord; size <= std::min(slot, kLargestRecord);
       size += kWord) {
    bool same = true;
    bool hasPointer = false;
    for (std::uint32_t at = 0; same && at < size && at + size <= slot; at += kWord) {
      // Small numbers may be indices or not: beside the place itself only pointers are told apart.
      const Kind here = kindAt(slot - at);
      const Kind before = kindAt(slot - at - size);
      same = at == 0 ? before == Kind::Index : (here == Kind::Pointer) == (before == Kind::Pointer);
      hasPointer = hasPointer || here == Kind::Pointer;
    }
    if (same && hasPointer) {
      return true;
    }
  }
  return false;
}

bool Slots::isInDataArray(std::uint32_t address, std::uint32_t slot) const {
  const auto has = [](const std::vector<DataWord>& words, std::uint32_t at) {
    const auto word = std::lower_bound(
        words.begin(), words.end(), at,
        [](const DataWord& entry, std::uint32_t wanted) { return entry.address < wanted; });
    return word != words.end() && word->address == at;
  };
  return isInArray(slot, [&](std::uint32_t at) {
    const std::uint32_t place = address - slot + at;
    const auto stores = storesAt_.find({From::AbsoluteLoad, place});
    if (stores != storesAt_.end()) {
      const Value value = flow_.stores[stores->second.front()].value;
      return value.from != From::Constant                              ? Kind::Other
             : isObject(value.a) && value.a >= flow_.heldByCode.size() ? Kind::Pointer
                                                                       : Kind::Index;
    }
    return has(data_.indices, place)    ? Kind::Index
           : has(data_.pointers, place) ? Kind::Pointer
                                        : Kind::Other;
  });
}

Slots::SlotOfPointer Slots::slotOf(const Value& place, std::uint32_t slot) const {
  const Value pointer = flow_.bases[place.base];
  return {slot, pointer.from, pointer.a, pointer.base};
}

// The same of what code stores through one pointer.
bool Slots::isInStoredArray(const IndexStore& store) {
  if (store.place.base == Value::kNoBase) {
    return false;
  }
  if (!std::exchange(storedKindsKnown_, true)) {
    for (const IndexStore& other : flow_.stores) {
      if (other.place.from != From::Load || other.place.base == Value::kNoBase ||
          other.value.from != From::Constant) {
        continue;
      }
      const bool isPointer = isObject(other.value.a) && other.value.a >= flow_.heldByCode.size();
      storedKinds_.emplace(slotOf(other.place, other.place.a),
                           isPointer ? Kind::Pointer : Kind::Index);
    }
  }
  return isInArray(store.place.a, [&](std::uint32_t at) {
    const auto found = storedKinds_.find(slotOf(store.place, at));
    return found == storedKinds_.end() ? Kind::Other : found->second;
  });
}

// Whether the pointer can only mean something in the C stack: there the offset counts from the
// frame, not from an object in it.
bool Slots::isInFrame(std::uint32_t base, int depth) const {
  if (base == Value::kNoBase || depth == 0) {
    return false;
  }
  const Value pointer = flow_.bases[base];
  if (pointer.from == Value::From::Frame) {
    return true;
  }
  const IndexSources sources = sourcesOf(pointer, kStoredValueLimit);
  return sources.constants.empty() && sources.loads.empty() && !sources.unknown &&
         !sources.anything &&
         std::all_of(sources.interior.begin(), sources.interior.end(),
                     [&](Value value) { return isInFrame(value.base, depth - 1); });
}

// The places in the C stack that the pointer can mean. Where the way to them is too long, any place
// in the frames that are known.
std::vector<Slots::FramePlace> Slots::framesOf(std::uint32_t base) const {
  std::vector<FramePlace> places;
  std::vector<FramePlace> work{{base, 0}};  // a pointer, and what is added to it
  bool complete = true;
  for (std::size_t step = 0; step < work.size() && complete; ++step) {
    const auto [pointer, offset] = work[step];
    if (pointer == Value::kNoBase) continue;
    const IndexSources sources = sourcesOf(flow_.bases[pointer], kStoredValueLimit);
    for (const Value frame : sources.frames) {
      places.emplace_back(frame.base, moved(frame.a, offset));
    }
    complete = work.size() + sources.interior.size() <= kFrameWays;
    for (const Value value : sources.interior) {
      work.emplace_back(value.base, moved(value.a, offset));
    }
  }
  if (!complete) {
    for (FramePlace& place : places) place.second = Value::kAnyPlace;
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

void Slots::readFrameStores() {
  for (std::uint32_t i = 0; i < flow_.stores.size(); ++i) {
    const Value where = flow_.stores[i].place;
    if (where.from != From::Load) continue;
    for (const auto& [frame, place] : framesOf(where.base)) {
      frameStores_[{frame, moved(place, where.a)}].push_back(i);
    }
  }
  for (const IndexFill& fill : flow_.fills) {
    for (const auto& [frame, place] : framesOf(fill.place.base)) {
      frameFills_.emplace(frame, std::pair(moved(place, fill.place.a), fill.size));
    }
  }
}

bool Slots::isFilled(std::uint32_t frame, std::uint32_t place) const {
  const auto [begin, end] = frameFills_.equal_range(frame);
  return std::any_of(begin, end, [&](const auto& entry) {
    // Places lie below the stack pointer where it was read: the lowest is the most negative.
    const auto [from, size] = entry.second;
    return from == Value::kAnyPlace || (from <= place && place - from < size);
  });
}

// Numbers that code is seen to store in such a slot of objects in the C stack; with `copies` also
// what is copied there from where other objects are known to lie.
bool Slots::addStoredInFrames(const std::vector<FramePlace>& places, std::uint32_t slot,
                              bool copies, std::vector<std::uint32_t>& numbers) {
  if (!std::exchange(frameStoresKnown_, true)) readFrameStores();
  bool written = false;
  for (const auto& [frame, start] : places) {
    const std::uint32_t place = moved(start, slot);
    const bool any = place == Value::kAnyPlace;
    written = written || any || isFilled(frame, place);
    for (auto stores = frameStores_.lower_bound({frame, 0});
         stores != frameStores_.end() && stores->first.first == frame; ++stores) {
      const std::uint32_t stored = stores->first.second;
      if (!any && stored != Value::kAnyPlace && stored != place) continue;
      written = true;
      for (const std::uint32_t store : stores->second) {
        const IndexSources sources = sourcesOf(flow_.stores[store].value, kStoredValueLimit);
        numbers.insert(numbers.end(), sources.constants.begin(), sources.constants.end());
        if (!copies) continue;
        for (const Value load : sources.loads) {
          if (load.from != From::AbsoluteLoad && !objectsOf(load.base, kPointerDepth)) continue;
          const std::vector<std::uint32_t>& found = at(load, false).indices;
          numbers.insert(numbers.end(), found.begin(), found.end());
          if (numbers.size() > kManyNumbers) sortUnique(numbers);  // most of them are the same
        }
      }
    }
  }
  return written;
}

// Whether the pointer can mean nothing but static objects that are known and something in the C
// stack: no object that was allocated.
bool Slots::isOnlyStatic(std::uint32_t base, int depth) const {
  if (base == Value::kNoBase) {
    return false;
  }
  const IndexSources sources = sourcesOf(flow_.bases[base], kPointerLimit);
  const auto isFixed = [this](Value load) {
    const auto stores = storesAt_.find({From::AbsoluteLoad, load.a});
    return load.from == From::AbsoluteLoad &&
           (stores == storesAt_.end() ||
            std::all_of(stores->second.begin(), stores->second.end(), [this](std::uint32_t store) {
              return sourcesOf(flow_.stores[store].value, kStoredValueLimit).onlyConstants();
            }));
  };
  return !sources.unknown && !sources.anything &&
         std::all_of(sources.loads.begin(), sources.loads.end(), isFixed) &&
         std::all_of(sources.interior.begin(), sources.interior.end(),
                     [&](Value value) { return depth > 0 && isOnlyStatic(value.base, depth - 1); });
}

// Numbers that code is seen to store there; with `objects`, through pointers that can mean one of
// them. What is copied from elsewhere in memory is not followed: numbers of all kinds are, and soon
// every slot would have the contents of all.
void Slots::addStored(const Key& key, const Addresses& objects,
                      std::vector<std::uint32_t>& numbers) {
  const auto stores = storesAt_.find(key);
  if (stores == storesAt_.end()) {
    return;
  }
  for (const std::uint32_t store : stores->second) {
    const std::vector<std::uint32_t>& constants = constantsOf(store);
    if (constants.empty() || (objects && !mayWrite(store, *objects))) {
      continue;
    }
    numbers.insert(numbers.end(), constants.begin(), constants.end());
  }
}

// The numbers that are stored there; none where the offset does not count from the object.
const std::vector<std::uint32_t>& Slots::constantsOf(std::uint32_t store) {
  const auto [entry, isNew] = storedConstants_.try_emplace(store);
  if (isNew) {
    const IndexStore& what = flow_.stores[store];
    std::vector<std::uint32_t> constants = sourcesOf(what.value, kStoredValueLimit).constants;
    if (!constants.empty() && !isInFrame(what.place.base, kPointerDepth) &&
        !isInStoredArray(what)) {
      entry->second = std::move(constants);
    }
  }
  return entry->second;
}

// Whether the pointer of the store is seen to mean one of the objects.
bool Slots::mayWrite(std::uint32_t store, const std::vector<std::uint32_t>& objects) {
  const Value place = flow_.stores[store].place;
  if (place.base == Value::kNoBase) {
    return false;
  }
  const auto [entry, isNew] = writtenThrough_.try_emplace(slotOf(place, 0));
  if (isNew) {
    entry->second = objectsOf(place.base, kPointerDepth);
    if (entry->second && entry->second->size() > kMostWritten) {
      entry->second = std::nullopt;
    }
  }
  const Addresses& written = entry->second;
  return written && std::any_of(written->begin(), written->end(), [&](std::uint32_t object) {
           return std::binary_search(objects.begin(), objects.end(), object);
         });
}

// The words of static data, and numbers that code stores at fixed addresses, that are in the slot
// of one of the objects.
void Slots::fill(std::uint32_t slot, const Addresses& objects, const std::vector<DataWord>& words,
                 std::vector<std::uint32_t>& numbers) {
  const auto atAddress = [&](std::uint32_t address) {
    const auto word = std::lower_bound(
        words.begin(), words.end(), address,
        [](const DataWord& entry, std::uint32_t wanted) { return entry.address < wanted; });
    if (word != words.end() && word->address == address) {
      numbers.push_back(word->value);
    }
    addStored({From::AbsoluteLoad, address}, std::nullopt, numbers);
  };
  if (objects) {
    for (const std::uint32_t object : *objects) {
      atAddress(object + slot);
    }
    return;
  }
  for (const DataWord& word : words) {
    if (isInSlot(word.address, slot)) {
      numbers.push_back(word.value);
    }
  }
  for (auto stores = storesAt_.lower_bound({From::AbsoluteLoad, 0});
       stores != storesAt_.end() && stores->first.first == From::AbsoluteLoad; ++stores) {
    if (isInSlot(stores->first.second, slot)) {
      addStored(stores->first, std::nullopt, numbers);
    }
  }
}

// The static objects that a pointer can mean. Nothing: it may be any.
Slots::Addresses Slots::objectsOf(std::uint32_t base, int depth) {
  if (base == Value::kNoBase || depth == 0) {
    return std::nullopt;
  }
  const IndexSources sources = sourcesOf(flow_.bases[base], kPointerLimit);
  if (sources.unknown || sources.anything) {
    return std::nullopt;
  }
  std::vector<std::uint32_t> objects = sources.constants;
  for (const Value load : sources.loads) {
    const Addresses more = pointersIn(load, depth - 1);
    if (!more) {
      return std::nullopt;
    }
    objects.insert(objects.end(), more->begin(), more->end());
  }
  for (const Value value : sources.interior) {
    const Addresses outer = objectsOf(value.base, depth - 1);
    if (!outer) {
      return std::nullopt;
    }
    for (const std::uint32_t object : *outer) {
      objects.push_back(object + value.a);
    }
  }
  sortUnique(objects);
  if (objects.size() > kMostObjects) {
    return std::nullopt;
  }
  return objects;
}

// The static objects that a pointer loaded from there can mean.
Slots::Addresses Slots::pointersIn(Value load, int depth) {
  if (load.from == From::ArrayLoad || depth == 0) {
    return std::nullopt;
  }
  const Key key{load.from, load.a};
  const auto known = pointers_.find(key);
  if (known != pointers_.end()) {
    return known->second;
  }
  std::vector<std::uint32_t> numbers;
  if (load.from == From::AbsoluteLoad) {
    fill(load.a, std::vector<std::uint32_t>{0}, data_.pointers, numbers);
  } else {
    numbers = storedAnywhere(key);
    fill(load.a, std::nullopt, data_.pointers, numbers);
  }
  sortUnique(numbers);
  Addresses pointers = std::move(numbers);
  if (pointers->size() > kMostObjects) {
    pointers = std::nullopt;
  }
  pointers_[key] = pointers;
  return pointers;
}

// What code is seen to store in that slot of whatever object.
const std::vector<std::uint32_t>& Slots::storedAnywhere(const Key& key) {
  const auto [entry, isNew] = storedAnywhere_.try_emplace(key);
  if (isNew) {
    addStored(key, std::nullopt, entry->second);
    sortUnique(entry->second);
  }
  return entry->second;
}

// Of what was found in that slot of objects of which nothing is known.
void Slots::setDoubtfulApart(Contents& contents) const {
  const auto doubtful = std::stable_partition(
      contents.indices.begin(), contents.indices.end(), [this](std::uint32_t number) {
        return number >= flow_.computedWith.size() || !flow_.computedWith[number] ||
               number >= data_.held.size() || !data_.held[number];
      });
  contents.doubtful.assign(doubtful, contents.indices.end());
  contents.indices.erase(doubtful, contents.indices.end());
  sortUnique(contents.doubtful);
}

const Slots::Contents& Slots::at(Value load, bool copies) {
  if (load.from == From::ArrayLoad || !data_.placed) {
    return anywhere();
  }
  const bool fixed = load.from == From::AbsoluteLoad;
  const Addresses objects =
      fixed ? std::vector<std::uint32_t>{0} : objectsOf(load.base, kPointerDepth);
  // What is known to be no allocated object is not written through pointers to those; and only then
  // does it help to know which object in the C stack it is.
  const bool isKnown = !fixed && objects && isOnlyStatic(load.base, kPointerDepth);
  const std::vector<FramePlace> frames = isKnown ? framesOf(load.base) : std::vector<FramePlace>();
  const bool copied = copies && !frames.empty();
  const auto [entry, isNew] = known_.try_emplace({load.from, load.a, objects, frames, copied});
  if (isNew) {
    Contents& contents = entry->second;
    fill(load.a, objects, data_.indices, contents.indices);
    const Key key{load.from, load.a};
    if (isKnown) {
      addStored(key, objects, contents.indices);
    } else if (!fixed && objects) {
      contents.stored = &storedAnywhere(key);
    } else if (!fixed) {
      const std::vector<std::uint32_t>& stored = storedAnywhere(key);
      contents.indices.insert(contents.indices.end(), stored.begin(), stored.end());
      setDoubtfulApart(contents);
    }
    const bool written = addStoredInFrames(frames, load.a, copied, contents.indices);
    contents.unwritten = isKnown && objects->empty() && !frames.empty() && !written;
    sortUnique(contents.indices);
  }
  return entry->second;
}

void Slots::find(Value load, Found& found) {
  const auto add = [](const std::vector<std::uint32_t>& more, std::vector<std::uint32_t>& to) {
    to.insert(to.end(), more.begin(), more.end());
  };
  const Contents& contents = at(load, true);
  add(contents.indices, found.indices);
  add(contents.doubtful, found.doubtful);
  if (contents.stored != nullptr) {
    add(*contents.stored, found.indices);
  }
  // Where any object may be meant, what lies in the C stack was not looked at; and much may be
  // copied there.
  if (load.from == From::Load && !objectsOf(load.base, kPointerDepth)) {
    addStoredInFrames(framesOf(load.base), load.a, false, found.indices);
  }
  found.unwritten = found.unwritten && contents.unwritten;
}

const Slots::Contents& Slots::anywhere() {
  if (!anywhereKnown_) {
    anywhereKnown_ = true;
    for (std::uint32_t index = 0; index < data_.held.size(); ++index) {
      if (data_.held[index]) {
        anywhere_.indices.push_back(index);
      }
    }
    std::vector<std::uint32_t> stored;
    for (const IndexStore& store : flow_.stores) {
      const IndexSources sources = sourcesOf(store.value, kStoredValueLimit);
      stored.insert(stored.end(), sources.constants.begin(), sources.constants.end());
    }
    sortUnique(stored);
    unite(anywhere_.indices, stored);
  }
  return anywhere_;
}

}  // namespace asyncscope::callgraph
