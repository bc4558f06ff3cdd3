// Cycles that went alike are drawn once: a shape is a cycle without its own start position, its own
// C stack pointer and its own clock.
//
// A program that suspends a million times does so in a few dozen ways, so that the page can show
// the stack of any cycle. Past `kMostShapes` ways the rest keep their numbers on the timeline but
// have no drawing; the cycles that findings name are kept first.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzer/cycles/run.h"

namespace asyncscope::html {

inline constexpr std::size_t kMostShapes = 1000;
// Of a deeper stack the outer frames beyond these are counted, not drawn.
inline constexpr std::size_t kMostFrames = 300;

class Shapes {
 public:
  explicit Shapes(const analyzer::Run& run) : run_(run) {}

  // Number of the cycle's shape, from 1; 0: not kept.
  std::uint32_t of(const analyzer::Cycle& cycle);

  // In the order of their numbers, and the functions that they name by place in the list.
  nlohmann::ordered_json shapesJson() const;
  nlohmann::ordered_json functionsJson() const;

 private:
  std::uint32_t functionNumber(std::uint32_t thread, std::uint32_t instance,
                               std::uint32_t function);

  const analyzer::Run& run_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::unordered_map<std::string, std::uint32_t> functionNumbers_;
  std::vector<std::string> shapes_, functions_;  // as JSON text
};

}  // namespace asyncscope::html
