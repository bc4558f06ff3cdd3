// How a suspend can come to stand above each call: from the suspending imports outward, the best
// supported way first.
//
// Ways are compared by their weakest link (certain: direct calls and known indices; likely: an
// index that lies where the call loads it from; possible: any index of the type), then by how many
// indirect calls they need, then by their length.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/callgraph/targets.h"
#include "instrument/module/module.h"

namespace asyncscope::check {

enum class Reach : std::uint8_t { Certain, Likely, Possible };

const char* reachName(Reach reach);

// The way from a function, or from a site in it, to a suspending import.
struct Way {
  Reach reach = Reach::Possible;
  std::uint32_t indirect = 0;  // indirect calls on it
  std::uint32_t length = 0;    // calls on it
  // The next step inward: the function that is called, and (of a function) the site that calls it.
  std::uint32_t callee = wasm::kNoIndex;
  std::uint32_t site = wasm::kNoIndex;  // offset

  auto rank() const { return std::tuple(reach, indirect, length); }
};

// A call as the graph sees it.
struct Edge {
  std::uint32_t function = wasm::kNoIndex;
  std::uint32_t offset = 0;
};

class SuspendGraph {
 public:
  SuspendGraph(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
               const callgraph::Targets& targets);

  // Of a function of the module, an import included; nullopt: no suspend can be above it.
  const std::optional<Way>& function(std::uint32_t index) const { return functions_[index]; }
  // Of a call in it; by its number in AsyncifyInfo::sites.
  const std::optional<Way>& site(std::size_t number) const { return sites_[number]; }
  // The functions that the way starts from: suspending imports and functions that start unwinds.
  const std::vector<std::uint32_t>& starts() const { return starts_; }
  // How many of the functions that a site can lead to may suspend: those that are likely to be
  // called there, and all that can be.
  struct Callees {
    std::uint32_t likely = 0, possible = 0;
  };
  Callees calleesOf(const asyncify::Site& site) const;

 private:
  void findStarts();
  void settle();

  const wasm::Module& module_;
  const asyncify::AsyncifyInfo& info_;
  const callgraph::Targets& targets_;
  std::vector<std::uint32_t> starts_;
  bool onlyInside_ = false;  // the module suspends by itself; its imports only may
  std::vector<std::optional<Way>> functions_;
  std::vector<std::optional<Way>> sites_;
};

}  // namespace asyncscope::check
