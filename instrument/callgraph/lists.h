// Lists of numbers by key, in two flat vectors: built once, read often.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace asyncscope::callgraph {

class Lists {
 public:
  Lists() : begins_(1) {}
  // forEach(add) must call add(key, value) for every entry, and do so twice in the same way; keys
  // are below `keys`.
  template <class ForEach>
  Lists(std::size_t keys, ForEach forEach) : begins_(keys + 1) {
    forEach([&](std::uint32_t key, std::uint32_t) { ++begins_[key + 1]; });
    for (std::size_t key = 0; key < keys; ++key) {
      begins_[key + 1] += begins_[key];
    }
    values_.resize(begins_[keys]);
    std::vector<std::uint32_t> next(begins_.begin(), begins_.end() - 1);
    forEach([&](std::uint32_t key, std::uint32_t value) { values_[next[key]++] = value; });
  }
  std::span<const std::uint32_t> of(std::uint32_t key) const {
    return std::span(values_).subspan(begins_[key], begins_[key + 1] - begins_[key]);
  }
  std::size_t keys() const { return begins_.size() - 1; }

 private:
  std::vector<std::uint32_t> begins_;
  std::vector<std::uint32_t> values_;
};

}  // namespace asyncscope::callgraph
