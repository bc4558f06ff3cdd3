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
enum class Kind : std::uint8_t { Other, Index, Pointer };

// What lies farther from the start of an object is told apart by nothing.
constexpr std::uint32_t kLargestObject = 4096;
// Of records in arrays, in bytes.
constexpr std::uint32_t kSmallestRecord = 8;
constexpr std::uint32_t kLargestRecord = 32;
// A pointer that can mean more objects than this can as well mean any.
constexpr std::size_t kMostObjects = 4096;

void unite(std::vector<std::uint32_t>& into, const std::vector<std::uint32_t>& more) {
  std::vector<std::uint32_t> all;
  all.reserve(into.size() + more.size());
  std::set_union(into.begin(), into.end(), more.begin(), more.end(), std::back_inserter(all));
  into = std::move(all);
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
        break;  // no static object, and no index
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

// The same of what code stores through one pointer.
bool Slots::isInStoredArray(const IndexStore& store) const {
  if (store.place.base == Value::kNoBase) {
    return false;
  }
  const Value pointer = flow_.bases[store.place.base];
  return isInArray(store.place.a, [&](std::uint32_t at) {
    const auto stores = storesAt_.find({From::Load, at});
    if (stores == storesAt_.end()) {
      return Kind::Other;
    }
    for (const std::uint32_t number : stores->second) {
      const IndexStore& other = flow_.stores[number];
      if (other.place.base == Value::kNoBase || other.value.from != From::Constant) {
        continue;
      }
      const Value base = flow_.bases[other.place.base];
      if (base.from == pointer.from && base.a == pointer.a && base.base == pointer.base) {
        return isObject(other.value.a) && other.value.a >= flow_.heldByCode.size() ? Kind::Pointer
                                                                                   : Kind::Index;
      }
    }
    return Kind::Other;
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

// Numbers that code is seen to store there. What is copied from elsewhere in memory is not
// followed: numbers of all kinds are, and soon every slot would have the contents of all.
void Slots::addStored(const Key& key, std::vector<std::uint32_t>& numbers) const {
  const auto stores = storesAt_.find(key);
  if (stores == storesAt_.end()) {
    return;
  }
  for (const std::uint32_t store : stores->second) {
    const IndexSources sources = sourcesOf(flow_.stores[store].value, kStoredValueLimit);
    if (sources.constants.empty() || isInFrame(flow_.stores[store].place.base, kPointerDepth) ||
        isInStoredArray(flow_.stores[store])) {
      continue;
    }
    numbers.insert(numbers.end(), sources.constants.begin(), sources.constants.end());
  }
}

// The words of static data, and numbers that code stores at fixed addresses, that are in the slot
// of one of the objects.
void Slots::fill(std::uint32_t slot, const Addresses& objects, const std::vector<DataWord>& words,
                 std::vector<std::uint32_t>& numbers) const {
  const auto atAddress = [&](std::uint32_t address) {
    const auto word = std::lower_bound(
        words.begin(), words.end(), address,
        [](const DataWord& entry, std::uint32_t wanted) { return entry.address < wanted; });
    if (word != words.end() && word->address == address) {
      numbers.push_back(word->value);
    }
    addStored({From::AbsoluteLoad, address}, numbers);
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
      addStored(stores->first, numbers);
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
    fill(load.a, std::nullopt, data_.pointers, numbers);
    addStored(key, numbers);
  }
  sortUnique(numbers);
  Addresses pointers = std::move(numbers);
  if (pointers->size() > kMostObjects) {
    pointers = std::nullopt;
  }
  pointers_[key] = pointers;
  return pointers;
}

const std::vector<std::uint32_t>& Slots::at(Value load) {
  if (load.from == From::ArrayLoad || !data_.placed) {
    return anywhere();
  }
  const bool fixed = load.from == From::AbsoluteLoad;
  const Addresses objects =
      fixed ? std::vector<std::uint32_t>{0} : objectsOf(load.base, kPointerDepth);
  const auto [entry, isNew] = known_.try_emplace({load.from, load.a, objects});
  if (isNew) {
    fill(load.a, objects, data_.indices, entry->second);
    if (!fixed) {
      addStored({load.from, load.a}, entry->second);
    }
    sortUnique(entry->second);
  }
  return entry->second;
}

const std::vector<std::uint32_t>& Slots::anywhere() {
  if (!anywhereKnown_) {
    anywhereKnown_ = true;
    for (std::uint32_t index = 0; index < data_.held.size(); ++index) {
      if (data_.held[index]) {
        anywhere_.push_back(index);
      }
    }
    std::vector<std::uint32_t> stored;
    for (const IndexStore& store : flow_.stores) {
      const IndexSources sources = sourcesOf(store.value, kStoredValueLimit);
      stored.insert(stored.end(), sources.constants.begin(), sources.constants.end());
    }
    sortUnique(stored);
    unite(anywhere_, stored);
  }
  return anywhere_;
}

}  // namespace asyncscope::callgraph
