// What a fuzz target gives to fuzz_main.cpp, which drives it. One target per program.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace asyncscope::fuzz {

using Bytes = std::vector<std::uint8_t>;
using Random = std::mt19937_64;

// Puts any bytes through the code under test. Gives whether they were accepted as what they pretend
// to be; aborts, with a line on standard error, where a property does not hold.
bool tryInput(std::span<const std::uint8_t> bytes);

// A well-formed input, made at random; empty: the target has none and needs files.
Bytes generate(Random& random);

}  // namespace asyncscope::fuzz
