#include "analyzer/stress/minimise.h"

#include <algorithm>

namespace asyncscope::analyzer {
namespace {

using Items = std::vector<std::uint32_t>;

// The items in `count` parts of nearly equal size.
std::vector<Items> split(const Items& items, std::size_t count) {
  std::vector<Items> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t end = begin + (items.size() - begin) / (count - i);
    parts.emplace_back(items.begin() + static_cast<std::ptrdiff_t>(begin),
                       items.begin() + static_cast<std::ptrdiff_t>(end));
    begin = end;
  }
  return parts;
}

Items allBut(const std::vector<Items>& parts, std::size_t left) {
  Items rest;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != left) rest.insert(rest.end(), parts[i].begin(), parts[i].end());
  }
  return rest;
}

}  // namespace

Minimised minimise(Items items, const std::function<bool(const Items&)>& fails,
                   const std::function<bool()>& stop) {
  std::size_t granularity = 2;
  while (items.size() >= 2) {
    const std::vector<Items> parts = split(items, granularity);
    const Items* smaller = nullptr;
    Items complement;
    for (const Items& part : parts) {
      if (stop()) return {std::move(items), false};
      if (fails(part)) {
        smaller = &part;
        break;
      }
    }
    if (smaller != nullptr) {
      items = Items(*smaller);
      granularity = 2;
      continue;
    }
    // With two parts each is the complement of the other.
    bool reduced = false;
    for (std::size_t i = 0; granularity > 2 && i < parts.size() && !reduced; ++i) {
      complement = allBut(parts, i);
      if (stop()) return {std::move(items), false};
      reduced = fails(complement);
    }
    if (reduced) {
      items = std::move(complement);
      granularity = std::max<std::size_t>(granularity - 1, 2);
    } else if (granularity < items.size()) {
      granularity = std::min(items.size(), granularity * 2);
    } else {
      break;
    }
  }
  return {std::move(items), true};
}

}  // namespace asyncscope::analyzer
