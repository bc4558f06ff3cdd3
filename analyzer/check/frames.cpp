#include "analyzer/check/frames.h"

#include <algorithm>
#include <utility>

namespace asyncscope::check {
namespace {

using asyncify::FunctionInfo;
using asyncify::Site;
using asyncify::SiteKind;

// Calls between instrumented functions that a suspend can go through, by number of the function in
// AsyncifyInfo::functions.
std::vector<std::vector<std::uint32_t>> callees(const wasm::Module& module,
                                                const asyncify::AsyncifyInfo& info,
                                                const callgraph::Targets& targets,
                                                const SuspendGraph& graph) {
  std::vector<std::uint32_t> numbers(module.functions.size(), wasm::kNoIndex);
  for (std::uint32_t i = 0; i < info.functions.size(); ++i) {
    if (info.functions[i].instrumented) numbers[info.functions[i].index] = i;
  }
  std::vector<std::vector<std::uint32_t>> edges(info.functions.size());
  const auto leads = [&](std::uint32_t function) {
    const auto& way = graph.function(function);
    return numbers[function] != wasm::kNoIndex && way && way->reach != Reach::Possible;
  };
  for (std::uint32_t i = 0; i < info.functions.size(); ++i) {
    if (!info.functions[i].instrumented) continue;
    for (const Site& site : info.sitesOf(info.functions[i])) {
      if (!site.maySuspend) continue;
      if (site.kind == SiteKind::Call && leads(site.target)) {
        edges[i].push_back(numbers[site.target]);
      }
      const callgraph::TargetSite* target = targets.at(site.offset);
      if (target == nullptr) continue;
      for (const std::uint32_t function : targets.functions(target->likely)) {
        if (leads(function)) edges[i].push_back(numbers[function]);
      }
    }
    std::sort(edges[i].begin(), edges[i].end());
    edges[i].erase(std::unique(edges[i].begin(), edges[i].end()), edges[i].end());
  }
  return edges;
}

// Strongly connected components, each after those that it leads to (Tarjan 1972, without recursion
// of its own).
class Components {
 public:
  explicit Components(const std::vector<std::vector<std::uint32_t>>& edges)
      : edges_(edges), order_(edges.size()), low_(edges.size()), of_(edges.size(), kNone) {
    for (std::uint32_t node = 0; node < edges.size(); ++node) {
      if (order_[node] == 0) visit(node);
    }
  }
  const std::vector<std::vector<std::uint32_t>>& all() const { return components_; }
  std::uint32_t of(std::uint32_t node) const { return of_[node]; }

 private:
  static constexpr std::uint32_t kNone = wasm::kNoIndex;

  void visit(std::uint32_t root) {
    std::vector<std::pair<std::uint32_t, std::size_t>> calls{{root, 0}};
    enter(root);
    while (!calls.empty()) {
      auto& [node, next] = calls.back();
      if (next < edges_[node].size()) {
        const std::uint32_t to = edges_[node][next++];
        if (order_[to] == 0) {
          enter(to);
          calls.push_back({to, 0});
        } else if (of_[to] == kNone) {
          low_[node] = std::min(low_[node], order_[to]);
        }
        continue;
      }
      const std::uint32_t done = node;
      calls.pop_back();
      if (!calls.empty()) {
        low_[calls.back().first] = std::min(low_[calls.back().first], low_[done]);
      }
      if (low_[done] == order_[done]) close(done);
    }
  }
  void enter(std::uint32_t node) {
    order_[node] = low_[node] = ++count_;
    stack_.push_back(node);
  }
  void close(std::uint32_t root) {
    std::vector<std::uint32_t> members;
    std::uint32_t node = kNone;
    do {
      node = stack_.back();
      stack_.pop_back();
      of_[node] = static_cast<std::uint32_t>(components_.size());
      members.push_back(node);
    } while (node != root);
    components_.push_back(std::move(members));
  }

  const std::vector<std::vector<std::uint32_t>>& edges_;
  std::vector<std::uint32_t> order_, low_, of_, stack_;
  std::vector<std::vector<std::uint32_t>> components_;
  std::uint32_t count_ = 0;
};

}  // namespace

FrameSizes measureFrames(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                         const callgraph::Targets& targets, const SuspendGraph& graph) {
  FrameSizes sizes;
  for (const FunctionInfo& function : info.functions) {
    if (!function.instrumented) continue;
    if (function.recordBytes == 0) ++sizes.unknown;
    if (function.recordBytes != 0) sizes.largest.push_back({function.index, function.recordBytes});
  }
  std::stable_sort(sizes.largest.begin(), sizes.largest.end(),
                   [](const FrameSize& a, const FrameSize& b) { return a.bytes > b.bytes; });

  const auto edges = callees(module, info, targets, graph);
  const Components components(edges);
  // The heaviest way down from each component: those that it leads to come before it.
  struct Depth {
    std::uint64_t bytes = 0;
    std::uint32_t heaviest = wasm::kNoIndex, next = wasm::kNoIndex;
  };
  std::vector<Depth> depths(components.all().size());
  std::uint32_t deepest = wasm::kNoIndex;
  for (std::uint32_t i = 0; i < components.all().size(); ++i) {
    const auto& members = components.all()[i];
    Depth& depth = depths[i];
    bool circle = members.size() > 1;
    std::uint64_t below = 0;
    for (const std::uint32_t member : members) {
      if (depth.heaviest == wasm::kNoIndex ||
          info.functions[member].recordBytes > info.functions[depth.heaviest].recordBytes) {
        depth.heaviest = member;
      }
      for (const std::uint32_t to : edges[member]) {
        const std::uint32_t other = components.of(to);
        circle = circle || to == member;
        if (other != i && depths[other].bytes > below) {
          below = depths[other].bytes;
          depth.next = other;
        }
      }
    }
    depth.bytes = below + info.functions[depth.heaviest].recordBytes;
    if (deepest == wasm::kNoIndex || depth.bytes > depths[deepest].bytes) deepest = i;
    if (!circle || !info.functions[members[0]].instrumented) continue;
    std::vector<std::uint32_t> recursion;
    for (const std::uint32_t member : members) recursion.push_back(info.functions[member].index);
    std::sort(recursion.begin(), recursion.end());
    sizes.recursions.push_back(std::move(recursion));
  }
  for (std::uint32_t at = deepest; at != wasm::kNoIndex; at = depths[at].next) {
    const FunctionInfo& function = info.functions[depths[at].heaviest];
    sizes.deepest.push_back({function.index, function.recordBytes});
  }
  std::reverse(sizes.deepest.begin(), sizes.deepest.end());
  sizes.deepestBytes = deepest == wasm::kNoIndex ? 0 : depths[deepest].bytes;
  std::stable_sort(sizes.recursions.begin(), sizes.recursions.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return sizes;
}

}  // namespace asyncscope::check
