#include "support/shell.h"

#include <gtest/gtest.h>

namespace asyncscope::support {
namespace {

TEST(Shell, a_quoted_word_stays_one_word) {
  EXPECT_EQ(shellQuoted("a b"), "'a b'");
  EXPECT_EQ(shellQuoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shellQuoted(""), "''");
}

TEST(Shell, a_line_quotes_only_what_needs_it) {
  EXPECT_EQ(shellLine({"node", "app.js", "--name=x y", "$HOME", ""}),
            "node app.js '--name=x y' '$HOME' ''");
}

}  // namespace
}  // namespace asyncscope::support
