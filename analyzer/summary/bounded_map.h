// A map that never holds more than so many entries, and merges exactly in spite of it.
//
// Where there are more keys than fit, those with the smallest hash are kept (a bottom-k sketch:
// E. Cohen, H. Kaplan, "Summarizing data using bottom-k sketches", PODC 2007). A key that is among
// the k smallest of a union is among the k smallest of every part that has it, so no part has
// dropped it: what is kept has the right count, whatever the order in which parts were merged, and
// merging is associative and commutative. Which keys are kept does not depend on what they say, so
// they are a fair sample. `cut` tells that there were more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>

namespace asyncscope::analyzer {

// `Value` has +=; `keyHash(key)` gives 64 bits.
template <class Key, class Value>
class BoundedMap {
 public:
  using Entries = std::map<std::pair<std::uint64_t, Key>, Value>;

  explicit BoundedMap(std::size_t limit) : limit_(limit) {}

  // The entry of the key, made where there is none; nullptr: not among those that are kept.
  Value* at(const Key& key) {
    const std::pair<std::uint64_t, Key> place(keyHash(key), key);
    const auto known = entries_.lower_bound(place);
    if (known != entries_.end() && known->first == place) return &known->second;
    if (entries_.size() >= limit_) {
      cut_ = true;
      if (limit_ == 0 || known == entries_.end()) return nullptr;
      entries_.erase(std::prev(entries_.end()));
    }
    return &entries_.try_emplace(place).first->second;
  }

  void merge(const BoundedMap& more) {
    for (const auto& [place, value] : more.entries_) {
      if (Value* mine = at(place.second)) *mine += value;
    }
    cut_ = cut_ || more.cut_;
  }

  // Ascending by hash.
  const Entries& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  bool cut() const { return cut_; }
  void markCut() { cut_ = true; }  // what was read says that there were more

  bool operator==(const BoundedMap&) const = default;

 private:
  std::size_t limit_;
  Entries entries_;
  bool cut_ = false;
};

}  // namespace asyncscope::analyzer
