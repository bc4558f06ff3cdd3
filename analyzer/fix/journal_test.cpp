#include "analyzer/fix/journal.h"

#include <gtest/gtest.h>

namespace asyncscope::analyzer {
namespace {

Tried sampleTried() {
  Tried tried;
  tried.moduleBytes = 627774;
  tried.runs = {{"node app.js", false, "breaks at f", "uninstrumented-frame", "", 3, 2, 1.5}};
  tried.asked = {{"Robot::step(int, char)"}, {"env.sleep"}, 8192};
  tried.beyondFlags = {"js-frame-mid-stack: …"};
  tried.exercised.sites = 3;
  tried.exercised.exercised = 1;
  tried.exercised.never = {{"f", "call at 0x10", true}};
  tried.exercised.neverCount = 2;
  tried.exercised.neverUnguarded = 1;
  return tried;
}

const FixQuestion kQuestion{"make", {"node app.js"}, "0123456789abcdef"};

std::string sampleText() {
  return journalHead(kQuestion) + journalLine({{{"f"}, {}, 0}, Runs::All, sampleTried()});
}

TEST(FixJournal, gives_back_what_was_written) {
  const auto journal = readJournal(sampleText());
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->question, kQuestion);
  const Tried* tried = journal->find({{"f"}, {}, 0}, Runs::All);
  ASSERT_NE(tried, nullptr);
  // Written again it is the same text, which has all of it.
  EXPECT_EQ(journalLine({{{"f"}, {}, 0}, Runs::All, *tried}),
            journalLine({{{"f"}, {}, 0}, Runs::All, sampleTried()}));
  EXPECT_EQ(tried->runs.front().completed, 2u);
  EXPECT_EQ(tried->asked.functions.front(), "Robot::step(int, char)");
}

TEST(FixJournal, all_runs_answer_for_the_first_but_not_the_other_way) {
  auto journal = readJournal(sampleText());
  ASSERT_TRUE(journal);
  EXPECT_NE(journal->find({{"f"}, {}, 0}, Runs::UntilOneFails), nullptr);
  journal->entries.front().runs = Runs::UntilOneFails;
  EXPECT_EQ(journal->find({{"f"}, {}, 0}, Runs::All), nullptr);
  EXPECT_EQ(journal->find({{"g"}, {}, 0}, Runs::All), nullptr);
}

TEST(FixJournal, a_line_that_was_cut_is_left_out) {
  const std::string text = sampleText();
  const std::size_t head = journalHead(kQuestion).size();
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto journal = readJournal(std::string_view(text).substr(0, length));
    EXPECT_EQ(journal.has_value(), length >= head) << length;
    EXPECT_TRUE(!journal || journal->entries.empty()) << length;
  }
}

TEST(FixJournal, anything_else_is_none) {
  EXPECT_FALSE(readJournal("{\"schema\":1}\n"));
  EXPECT_FALSE(readJournal("not JSON\n"));
  EXPECT_FALSE(readJournal("[1]\n"));
  EXPECT_FALSE(readJournal(""));
}

}  // namespace
}  // namespace asyncscope::analyzer
