// Lists that do not change, kept once however often they occur.
//
// A long run does the same again and again: of a million cycles some thousand are different in what
// they hold. A SharedList is a handle to an immutable list; SharedLists gives equal lists the same
// memory.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace asyncscope::support {

// Reads as a const std::vector; copying it copies no item.
template <typename T>
class SharedList {
 public:
  SharedList() = default;
  SharedList(std::vector<T> items)  // NOLINT(google-explicit-constructor): a vector is a list
      : items_(items.empty() ? nullptr : std::make_shared<const std::vector<T>>(std::move(items))) {
  }

  const std::vector<T>& items() const {
    static const std::vector<T> kNone;
    return items_ == nullptr ? kNone : *items_;
  }
  auto begin() const { return items().begin(); }
  auto end() const { return items().end(); }
  auto rbegin() const { return items().rbegin(); }
  auto rend() const { return items().rend(); }
  std::size_t size() const { return items().size(); }
  bool empty() const { return items_ == nullptr; }
  const T& operator[](std::size_t index) const { return items()[index]; }
  const T& front() const { return items().front(); }
  const T& back() const { return items().back(); }

  // Whether both are the same memory, so that nothing has to be compared.
  bool isSame(const SharedList& other) const { return items_ == other.items_; }

 private:
  std::shared_ptr<const std::vector<T>> items_;  // nullptr: empty
};

// `Hash` is called with an item. Items are compared by ==.
template <typename T, typename Hash>
class SharedLists {
 public:
  // The list of these items; of all calls with equal ones the same.
  SharedList<T> of(const std::vector<T>& items) {
    if (items.empty()) return {};
    std::size_t hash = items.size();
    for (const T& item : items) hash = hash * kFactor + Hash{}(item);
    const auto [begin, end] = known_.equal_range(hash);
    for (auto entry = begin; entry != end; ++entry) {
      if (entry->second.items() == items) return entry->second;
    }
    return known_.emplace(hash, SharedList<T>(items))->second;
  }

 private:
  static constexpr std::size_t kFactor = 0x9e3779b97f4a7c15;  // Fibonacci hashing, Knuth 6.4

  std::unordered_multimap<std::size_t, SharedList<T>> known_;
};

}  // namespace asyncscope::support
