// The search against programs that are made up: what they do is a function of the schedule.
#include "analyzer/stress/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "analyzer/stress/report.h"

namespace asyncscope::analyzer {
namespace {

constexpr std::uint32_t kOpportunities = 100;

// The opportunities that a schedule forces among the first hundred.
std::set<std::uint32_t> forcedBy(const std::string& schedule) {
  const std::string where = schedule.substr(0, schedule.find('+'));
  std::set<std::uint32_t> forced;
  if (where == "every") {
    for (std::uint32_t i = 1; i <= kOpportunities; ++i) forced.insert(i);
  } else if (where.starts_with("list:")) {
    std::stringstream items(where.substr(5));
    for (std::string item; std::getline(items, item, ',');) {
      const auto dash = item.find('-');
      const auto first = static_cast<std::uint32_t>(std::stoul(item));
      const auto last = dash == std::string::npos
                            ? first
                            : static_cast<std::uint32_t>(std::stoul(item.substr(dash + 1)));
      for (std::uint32_t i = first; i <= last; ++i) forced.insert(i);
    }
  } else if (where.starts_with("random")) {
    for (std::uint32_t i = 1; i <= kOpportunities; i += 2) forced.insert(i);
  }
  return forced;
}

struct Program {
  std::set<std::uint32_t> failsWith;  // all of them together; empty: never fails
  bool hasVerdict = true;             // else only its output differs
  bool noisy = false;                 // its standard error is never the same
  bool broken = false;                // it fails by itself
  std::vector<std::string> schedules;

  support::Result<Trial> operator()(const std::string& schedule) {
    schedules.push_back(schedule);
    Trial trial;
    trial.schedule = schedule;
    trial.fate = "exit code 0";
    trial.outcome = Outcome::Pass;
    trial.output = "first\nsecond\n";
    if (noisy) trial.errors = std::to_string(schedules.size());
    const std::set<std::uint32_t> forced = forcedBy(schedule);
    trial.forced.assign(forced.begin(), forced.end());
    StressCounts counts;
    counts.schedule = schedule;
    counts.opportunities = kOpportunities;
    counts.trips = forced.size();
    counts.memories.push_back({0, 4711, 65536});
    trial.counts.push_back(counts);
    const bool fails =
        broken || (!failsWith.empty() &&
                   std::includes(forced.begin(), forced.end(), failsWith.begin(), failsWith.end()));
    if (fails && hasVerdict) {
      trial.verdict = Finding{};
      trial.verdict->code = "a-code";
      trial.verdict->function = FunctionRef{.index = 7, .name = "f", .file = {}, .line = {}};
      trial.verdict->site = SiteRef{0x20, record::SiteKind::Call};
      trial.sentence = "the sentence";
      trial.report = "{\"schema\": 1}";
    } else if (fails) {
      trial.output = "first\nother\n";
    }
    return trial;
  }
};

SearchResult searchOf(Program& program, SearchOptions options = {}, std::size_t limit = 1000) {
  const auto result = search(
      options, [&](const std::string& schedule) { return program(schedule); },
      [&] { return program.schedules.size() >= limit; });
  EXPECT_TRUE(result);
  return *result;
}

TEST(StressSearch, NothingFound) {
  Program program;
  const SearchResult result = searchOf(program);
  EXPECT_FALSE(result.failing);
  EXPECT_EQ(program.schedules, (std::vector<std::string>{"none", "none", "every", "every+times=2",
                                                         "random:1:0.5", "random:2:0.5"}));
  EXPECT_TRUE(stressText(result, {"node app.js"})
                  .starts_with("Nothing found: 300 completed forced suspends in 4 runs"));
}

TEST(StressSearch, ShrinksToOneSuspend) {
  Program program;
  program.failsWith = {37};
  const SearchResult result = searchOf(program);
  ASSERT_TRUE(result.failing);
  EXPECT_EQ(result.failing->forced, (std::vector<std::uint32_t>{37}));
  EXPECT_EQ(result.failing->schedule, "list:37");
  EXPECT_TRUE(result.minimal);
  const std::string text = stressText(result, {"node app.js"});
  EXPECT_TRUE(text.starts_with("Fails with 1 forced suspend, at opportunity 37: the sentence\n"));
  EXPECT_NE(text.find("asyncscope record --stress 'list:37' -- node app.js"), std::string::npos);
}

TEST(StressSearch, ShrinksToSeveralThatFailTogether) {
  Program program;
  program.failsWith = {3, 50, 99};
  const SearchResult result = searchOf(program);
  ASSERT_TRUE(result.failing);
  EXPECT_EQ(result.failing->forced, (std::vector<std::uint32_t>{3, 50, 99}));
}

TEST(StressSearch, TriesTheSiteAtFaultAndAllOthers) {
  Program program;
  program.failsWith = {1};
  const SearchResult result = searchOf(program);
  ASSERT_TRUE(result.onlyThere && result.everywhereElse);
  EXPECT_EQ(result.onlyThere->schedule, "sites:7@0x20");
  EXPECT_EQ(result.everywhereElse->schedule, "except:7@0x20");
}

TEST(StressSearch, OutputAloneTells) {
  Program program;
  program.failsWith = {5};
  program.hasVerdict = false;
  const SearchResult result = searchOf(program);
  ASSERT_TRUE(result.failing);
  EXPECT_EQ(result.failing->forced, (std::vector<std::uint32_t>{5}));
  ASSERT_EQ(result.differences.size(), 1u);
  EXPECT_EQ(result.differences.front(),
            "Standard output differs from line 2 on: \"other\" instead of \"second\"");
  EXPECT_NE(stressText(result, {"x"}).find("why is not determined"), std::string::npos);
}

TEST(StressSearch, WhatDiffersByItselfIsNotCompared) {
  Program program;
  program.noisy = true;
  const SearchResult result = searchOf(program);
  EXPECT_FALSE(result.failing);
  EXPECT_EQ(result.baseline.notCompared(), (std::vector<std::string>{"standard error"}));
}

TEST(StressSearch, FailsByItself) {
  Program program;
  program.broken = true;
  const SearchResult result = searchOf(program);
  EXPECT_TRUE(result.failsAlone);
  EXPECT_EQ(program.schedules.size(), 2u);
  EXPECT_TRUE(stressText(result, {"x"}).starts_with("Fails without a forced suspend: "));
}

TEST(StressSearch, InterruptedItTellsWhatItHas) {
  Program program;
  program.failsWith = {3, 50, 99};
  const SearchResult result = searchOf(program, {}, 6);
  EXPECT_TRUE(result.interrupted);
  ASSERT_TRUE(result.failing);
  EXPECT_FALSE(result.minimal);
  EXPECT_NE(stressText(result, {"x"}).find("Interrupted"), std::string::npos);
}

TEST(StressSearch, OnlyTheGivenScheduleWithItsOptions) {
  Program program;
  program.failsWith = {8};
  SearchOptions options;
  options.schedule = "list:8-9+times=2";
  options.suffix = "+oracle=on";
  const SearchResult result = searchOf(program, options);
  EXPECT_EQ(program.schedules[2], "list:8-9+times=2+oracle=on");
  ASSERT_TRUE(result.failing);
  EXPECT_EQ(result.failing->schedule, "list:8+times=2+oracle=on");
}

TEST(StressSearch, AnErrorEndsIt) {
  const auto result = search(
      {},
      [](const std::string&) -> support::Result<Trial> { return support::fail("no such file"); },
      [] { return false; });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "no such file");
}

TEST(StressSearch, JsonHoldsTheSmallestFailingRun) {
  Program program;
  program.failsWith = {37};
  const auto json = nlohmann::json::parse(stressJson(searchOf(program), {"node app.js"}));
  EXPECT_EQ(json["schema"], kStressSchema);
  EXPECT_EQ(json["failing"]["opportunities"], nlohmann::json::array({37}));
  EXPECT_EQ(json["failing"]["diagnosis"]["schema"], 1);
  EXPECT_EQ(json["runs"].size(), program.schedules.size());
  Program healthy;
  EXPECT_TRUE(nlohmann::json::parse(stressJson(searchOf(healthy), {"x"}))["failing"].is_null());
}

}  // namespace
}  // namespace asyncscope::analyzer
