#include "support/shared_list.h"

#include <gtest/gtest.h>

#include <string>

namespace asyncscope::support {
namespace {

struct Length {
  std::size_t operator()(const std::string& text) const { return text.size(); }
};

TEST(SharedList, ReadsAsTheVectorThatItWasMadeOf) {
  const SharedList<int> list(std::vector<int>{3, 1, 2});
  EXPECT_EQ(list.size(), 3u);
  EXPECT_EQ(list.front(), 3);
  EXPECT_EQ(list.back(), 2);
  EXPECT_EQ(list[1], 1);
  EXPECT_EQ(std::vector<int>(list.begin(), list.end()), (std::vector<int>{3, 1, 2}));
  EXPECT_EQ(std::vector<int>(list.rbegin(), list.rend()), (std::vector<int>{2, 1, 3}));
}

TEST(SharedList, AnEmptyOneIsLikeNone) {
  const SharedList<int> none;
  const SharedList<int> empty{std::vector<int>()};
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(empty.begin(), empty.end());
  EXPECT_TRUE(none.isSame(empty));
}

TEST(SharedLists, KeepsEqualOnesOnce) {
  SharedLists<std::string, Length> lists;
  const auto first = lists.of({"unwind", "rewind"});
  EXPECT_TRUE(first.isSame(lists.of({"unwind", "rewind"})));
  // The same hash: as many items, of the same lengths.
  const auto other = lists.of({"rewind", "unwind"});
  EXPECT_FALSE(first.isSame(other));
  EXPECT_EQ(other[0], "rewind");
  EXPECT_TRUE(other.isSame(lists.of({"rewind", "unwind"})));
  EXPECT_TRUE(lists.of({}).isSame(SharedList<std::string>()));
}

}  // namespace
}  // namespace asyncscope::support
