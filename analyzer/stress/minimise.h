// Delta debugging: the fewest suspends that still fail.
//
// ddmin of A. Zeller and R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE
// Transactions on Software Engineering 28(2), 2002. The result is 1-minimal: without any one of its
// items the failure does not show (as far as `fails` is deterministic). It takes O(log n) trials
// where one item is to blame alone, O(n^2) at worst.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace asyncscope::analyzer {

struct Minimised {
  std::vector<std::uint32_t> items;
  bool minimal = true;  // false: stopped before that was shown
};

// `fails` says whether the failure shows with these items alone; it must with all of them. `stop`
// is asked before each trial.
Minimised minimise(std::vector<std::uint32_t> items,
                   const std::function<bool(const std::vector<std::uint32_t>&)>& fails,
                   const std::function<bool()>& stop);

}  // namespace asyncscope::analyzer
