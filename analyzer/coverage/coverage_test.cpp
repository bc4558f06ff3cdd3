// The coverage of runs made by hand: the counts, and the report as it is read.
#include "analyzer/coverage/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analyzer/diagnosis.h"
#include "analyzer/summary/summarise.h"
#include "analyzer/testing/small_program.h"

namespace asyncscope::analyzer {
namespace {

using testing::addCycle;
using testing::addSmallProgram;
using testing::TraceBuilder;

Summary summaryOf(const TraceBuilder& builder) {
  const auto built = builder.build();
  return summarise(built->run, labelOf(built->run.outcome), diagnose(built->run).findings);
}

// One run that completes two cycles, and one whose only cycle, through plain, is never resumed.
Summary twoRuns() {
  TraceBuilder healthy, broken;
  addSmallProgram(healthy);
  addCycle(healthy, {.throughPlain = false});
  addCycle(healthy, {.throughPlain = false, .line = 8});
  addSmallProgram(broken);
  addCycle(broken, {.completed = false});
  broken.exitCode(1);
  Summary summary = summaryOf(healthy);
  merge(summary, summaryOf(broken));
  return summary;
}

TEST(Coverage, CountsEverySiteOnce) {
  const Summary summary = twoRuns();
  const Coverage coverage = coverageOf(summary);
  EXPECT_EQ(coverage.counts.sites, 6u);
  EXPECT_EQ(coverage.counts.exercised, 2u);
  EXPECT_EQ(coverage.counts.interrupted, 1u);
  EXPECT_EQ(coverage.counts.never(), 3u);
  EXPECT_EQ(coverage.counts.unguardedNever, 1u);
  ASSERT_EQ(coverage.modules.size(), 1u);
  const ModuleCoverage& module = coverage.modules.front();
  ASSERT_EQ(module.never.size(), 3u);
  EXPECT_EQ(module.never[0].function->name, "odd") << "unguarded ones come first";
  EXPECT_EQ(module.never[1].function->name, "inner") << "then those of functions on a stack";
  EXPECT_EQ(module.never[2].function->name, "spare");
}

TEST(Coverage, DoesNotCountWhatMakesControlCalls) {
  TraceBuilder builder;
  addSmallProgram(builder);
  builder.table.functions[3].runtime = true;  // spare
  const Summary summary = summaryOf(builder);
  EXPECT_EQ(coverageOf(summary).counts.sites, 5u);
}

TEST(Coverage, ListsWhatWasOnAStackAgainstTheModulesWord) {
  TraceBuilder builder;
  addSmallProgram(builder);
  builder.table.functions[1].sites[0].maySuspend = false;  // plain
  addCycle(builder);
  const Summary summary = summaryOf(builder);
  const Coverage coverage = coverageOf(summary);
  EXPECT_EQ(coverage.counts.sites, 5u);
  EXPECT_EQ(coverage.counts.exercised, 2u);
  ASSERT_EQ(coverage.modules[0].beyond.size(), 1u);
  EXPECT_EQ(coverage.modules[0].beyond[0].function->name, "plain");
}

TEST(Coverage, OfNothingIsNotNothing) {
  EXPECT_EQ(coverageOf(Summary{}).counts.percent(), 100.0);
  EXPECT_THAT(coverageText(coverageOf(Summary{}), {}),
              ::testing::StartsWith("No asyncified module was loaded"));
}

TEST(Coverage, ReadsAsItDid) {
  const Summary summary = twoRuns();
  const std::string text = coverageText(coverageOf(summary), {});
  const std::string path =
      std::string(std::getenv("ASYNCSCOPE_SOURCE_DIR")) + "/analyzer/tests/golden/coverage.txt";
  if (std::getenv("ASYNCSCOPE_UPDATE") != nullptr) std::ofstream(path) << text;
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, golden.str());
}

TEST(Coverage, SaysTheSameInEveryFormat) {
  const Summary summary = twoRuns();
  const Coverage coverage = coverageOf(summary);
  const auto json = nlohmann::json::parse(coverageJson(coverage));
  EXPECT_EQ(json["sites"], 6);
  EXPECT_EQ(json["exercised"], 2);
  EXPECT_EQ(json["modules"][0]["positions"].size(), 2u);
  std::size_t sites = 0, exercised = 0;
  for (const auto& function : json["modules"][0]["functions"]) {
    for (const auto& site : function["list"]) {
      ++sites;
      exercised += site["state"] == "exercised" ? 1 : 0;
    }
  }
  EXPECT_EQ(sites, 6u);
  EXPECT_EQ(exercised, 2u);
  std::istringstream rows(coverageRows(coverage));
  std::string line;
  std::size_t count = 0;
  while (std::getline(rows, line)) {
    ++count;
    const auto row = nlohmann::json::parse(line);
    for (const auto& [key, value] : row.items()) {
      EXPECT_FALSE(value.is_structured()) << key;
    }
  }
  EXPECT_EQ(count, 6u);
}

}  // namespace
}  // namespace asyncscope::analyzer
