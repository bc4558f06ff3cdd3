// The search of `fix` against programs that are known: which functions a build needs, and what its
// runs ask for while one of them is missing.
#include "analyzer/fix/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "analyzer/fix/report.h"
#include "analyzer/fix/sentence.h"

namespace asyncscope::analyzer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Ending = FixResult::Ending;

// A program whose runs pass when all that it needs is listed. Each round asks for what is in `asks`
// for the first function that is missing, as a suspend shows only what was on its stack.
struct Program {
  std::vector<std::string> needs{};
  std::map<std::string, std::vector<std::string>> asks{};  // instead of the missing one alone
  std::uint64_t cycles = 10;
  std::vector<std::string> beyond{};
  std::string buildErrorWith{};

  support::Result<Tried> attempt(const Lists& lists) {
    Tried seen;
    const std::set<std::string> listed(lists.functions.begin(), lists.functions.end());
    if (listed.contains(buildErrorWith)) {
      seen.buildError = "exit code 1: error: bad list";
      return seen;
    }
    TriedRun run;
    run.command = "node app.js";
    const auto missing = std::find_if(needs.begin(), needs.end(),
                                      [&](auto& name) { return !listed.contains(name); });
    run.passed = missing == needs.end() && beyond.empty();
    run.cycles = run.completed = cycles;
    if (missing != needs.end()) {
      run.why = "ASYNCIFY breaks at " + *missing;
      const auto asked = asks.find(*missing);
      seen.asked.functions = asked == asks.end() ? std::vector{*missing} : asked->second;
    }
    seen.beyondFlags = beyond;
    seen.runs.push_back(std::move(run));
    return seen;
  }

  FixResult fix(const Lists& start = {}, int attempts = 1000) {
    const Attempt attempt = [this](const Lists& lists, Runs) { return this->attempt(lists); };
    const auto result = searchFix(start, attempt, [&] { return attempts-- <= 0; });
    EXPECT_TRUE(result);
    return result ? *result : FixResult{};
  }
};

TEST(FixSearch, adds_what_is_asked_for_until_nothing_is) {
  Program program{.needs = {"call", "iternext", "sort"}};
  const FixResult result = program.fix();
  EXPECT_EQ(result.ending, Ending::Mended);
  EXPECT_THAT(result.lists.functions, ElementsAre("call", "iternext", "sort"));
  EXPECT_THAT(result.notNeeded, IsEmpty());
  EXPECT_TRUE(result.minimal);
  // Four rounds to grow, and one for each function that might go.
  EXPECT_EQ(result.steps.size(), 7u);
}

TEST(FixSearch, leaves_out_what_is_not_needed) {
  Program program{.needs = {"thunk"}, .asks = {{"thunk", {"caller", "thunk", "main"}}}};
  const FixResult result = program.fix();
  EXPECT_EQ(result.ending, Ending::Mended);
  EXPECT_THAT(result.lists.functions, ElementsAre("thunk"));
  EXPECT_THAT(result.notNeeded, ElementsAre("main", "caller"));
}

TEST(FixSearch, leaves_out_what_the_build_listed_in_vain) {
  Program program{.needs = {"call"}};
  const FixResult result = program.fix({{"old", "call"}, {}, 0});
  EXPECT_EQ(result.ending, Ending::Mended);
  EXPECT_THAT(result.lists.functions, ElementsAre("call"));
}

TEST(FixSearch, a_program_that_passes_as_it_is_has_nothing_to_mend) {
  Program program;
  const FixResult result = program.fix();
  EXPECT_EQ(result.ending, Ending::NothingToMend);
  EXPECT_EQ(result.steps.size(), 1u);
  EXPECT_THAT(fixSentence(result), StartsWith("Nothing to mend: 1 run passes"));
}

TEST(FixSearch, what_never_suspends_is_not_called_mended) {
  Program program{.needs = {}, .cycles = 0};
  EXPECT_EQ(program.fix().ending, Ending::NothingSuspended);
}

TEST(FixSearch, what_no_list_mends_is_said) {
  Program program{.needs = {"call"}, .beyond = {"js-frame-mid-stack: a comparator suspends"}};
  const FixResult result = program.fix();
  EXPECT_EQ(result.ending, Ending::BeyondFlags);
  EXPECT_THAT(result.lists.functions, ElementsAre("call"));  // what a list mends is added first
  EXPECT_THAT(fixSentence(result), HasSubstr("a comparator suspends"));
}

TEST(FixSearch, asking_for_what_is_listed_already_ends) {
  Program program{.needs = {"call"}, .asks = {{"call", {"other"}}}};
  const FixResult result = program.fix();
  EXPECT_EQ(result.ending, Ending::NoProgress);
  EXPECT_THAT(fixSentence(result), HasSubstr("ASYNCIFY breaks at call"));
}

TEST(FixSearch, a_build_that_fails_with_an_addition_ends) {
  Program program{.needs = {"call"}, .buildErrorWith = "call"};
  const FixResult result = program.fix();
  EXPECT_EQ(result.ending, Ending::BuildFailed);
  EXPECT_THAT(fixSentence(result), HasSubstr("1 function in ASYNCIFY_ADD"));
}

TEST(FixSearch, interrupted_while_growing_says_so) {
  Program program{.needs = {"call", "iternext"}};
  EXPECT_EQ(program.fix({}, 2).ending, Ending::Interrupted);
}

TEST(FixSearch, interrupted_while_leaving_out_has_an_answer_that_may_not_be_the_smallest) {
  Program program{.needs = {"call"}};
  // Two questions an attempt: two attempts to grow, none to leave out.
  const FixResult result = program.fix({}, 4);
  EXPECT_EQ(result.ending, Ending::Mended);
  EXPECT_FALSE(result.minimal);
  EXPECT_THAT(fixSentence(result), HasSubstr("perhaps fewer would do"));
}

TEST(FixReport, names_the_risk_that_stays) {
  FixResult result;
  result.ending = Ending::Mended;
  result.lists.functions = {"call"};
  TriedRun run;
  run.command = "node app.js";
  run.passed = true;
  run.cycles = run.completed = 3;
  result.tried.runs = {run};
  Exercised& exercised = result.tried.exercised;
  exercised.sites = 5;
  exercised.exercised = 4;
  exercised.never = {{"rare (func[9])", "call_indirect at 0x10", false}};
  exercised.neverCount = exercised.neverUnguarded = 1;
  FixReportOptions options;
  options.emccFlags = {"-sASYNCIFY_ADD=call"};
  const std::string text = fixText(result, options);
  EXPECT_THAT(text, StartsWith("Mended by 1 function in ASYNCIFY_ADD: 1 run passes"));
  EXPECT_THAT(text, HasSubstr("unguarded: rare (func[9]), call_indirect at 0x10"));
  EXPECT_THAT(text, HasSubstr("-sASYNCIFY_ADD=call"));
}

}  // namespace
}  // namespace asyncscope::analyzer
