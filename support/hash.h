// FNV-1a, 64 bits: names a module by its bytes. Not for security, and not against adversaries.
// Parameters from the authors' reference, http://www.isthe.com/chongo/tech/comp/fnv/.
#pragma once

#include <cstdint>
#include <span>

namespace asyncscope::support {

inline constexpr std::uint64_t kFnvOffsetBasis = 0xcbf29ce484222325;
inline constexpr std::uint64_t kFnvPrime = 0x100000001b3;

// Pass the result of an earlier call as seed to hash in pieces.
constexpr std::uint64_t fnv1a64(std::span<const std::uint8_t> bytes,
                                std::uint64_t seed = kFnvOffsetBasis) {
  for (std::uint8_t byte : bytes) {
    seed = (seed ^ byte) * kFnvPrime;
  }
  return seed;
}

}  // namespace asyncscope::support
