#include "analyzer/stress/minimise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "analyzer/stress/schedule.h"

namespace asyncscope::analyzer {
namespace {

using Items = std::vector<std::uint32_t>;

Items upTo(std::uint32_t count) {
  Items items(count);
  std::iota(items.begin(), items.end(), 1);
  return items;
}

bool holds(const Items& items, const std::set<std::uint32_t>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](std::uint32_t each) {
    return std::find(items.begin(), items.end(), each) != items.end();
  });
}

struct Search {
  Minimised result;
  std::size_t trials = 0;
};

Search search(std::uint32_t count, const std::set<std::uint32_t>& wanted,
              std::size_t limit = 100000) {
  Search search;
  search.result = minimise(
      upTo(count),
      [&](const Items& items) {
        ++search.trials;
        return holds(items, wanted);
      },
      [&] { return search.trials >= limit; });
  return search;
}

TEST(Minimise, FindsOneAmongMany) {
  const Search found = search(4096, {1234});
  EXPECT_EQ(found.result.items, Items{1234});
  EXPECT_TRUE(found.result.minimal);
  EXPECT_LE(found.trials, 30u);
}

TEST(Minimise, FindsSeveralThatFailOnlyTogether) {
  for (const std::set<std::uint32_t>& wanted :
       {std::set<std::uint32_t>{1, 2}, {7, 500}, {3, 100, 101, 512}}) {
    const Search found = search(512, wanted);
    EXPECT_EQ(std::set(found.result.items.begin(), found.result.items.end()), wanted);
  }
}

TEST(Minimise, KeepsWhatCannotBeMadeSmaller) {
  EXPECT_EQ(search(1, {1}).result.items, Items{1});
  EXPECT_EQ(search(5, {1, 2, 3, 4, 5}).result.items, upTo(5));
}

TEST(Minimise, ResultIsOneMinimalForAnyFailure) {
  // Fails when at least three odd numbers are there: many smallest sets.
  const auto fails = [](const Items& items) {
    return std::count_if(items.begin(), items.end(), [](auto each) { return each % 2 == 1; }) >= 3;
  };
  Items items = minimise(upTo(100), fails, [] { return false; }).items;
  EXPECT_TRUE(fails(items));
  for (std::size_t i = 0; i < items.size(); ++i) {
    Items fewer = items;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(fails(fewer));
  }
}

TEST(Minimise, StoppedItGivesWhatItHas) {
  const Search found = search(4096, {7, 4000}, 5);
  EXPECT_FALSE(found.result.minimal);
  EXPECT_TRUE(holds(found.result.items, {7, 4000}));
}

TEST(Schedule, ListsAsRanges) {
  EXPECT_EQ(listSchedule({}), "none");
  EXPECT_EQ(listSchedule({3}), "list:3");
  EXPECT_EQ(listSchedule({1, 2, 3, 7, 9, 10}), "list:1-3,7,9-10");
}

TEST(Schedule, IsChecked) {
  for (const char* good : {"every", "none", "nth:7", "random:1:0.5", "random:1:1", "random:9:.25",
                           "window:3-9", "list:1", "list:3,17,40-45", "every+times=3"}) {
    EXPECT_TRUE(checkSchedule(good)) << good;
  }
  for (const char* bad : {"", "often", "nth:0", "nth", "every:1", "window:1", "random:1:2",
                          "list:", "list:1,,2", "every+times=0", "every+loud", "every "}) {
    EXPECT_FALSE(checkSchedule(bad)) << bad;
  }
}

}  // namespace
}  // namespace asyncscope::analyzer
