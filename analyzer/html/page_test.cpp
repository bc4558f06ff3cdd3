#include "analyzer/html/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analyzer/export/testing/sample_runs.h"

namespace asyncscope::html {
namespace {

using exports::testing::Sample;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

std::string pageOf(const Sample& sample) {
  std::vector<const analyzer::Run*> passing;
  for (const auto& run : sample.passing) passing.push_back(&run->run);
  return reportPage(
      {sample.run->trace, sample.run->run, analyzer::diagnose(sample.run->run, passing), "0.0.0"});
}

json dataOf(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = page.find(open) + open.size();
  return json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++found;
  }
  return found;
}

TEST(Page, IsFilledWhole) {
  const std::string page = pageOf(exports::testing::brokenMachine());
  EXPECT_THAT(page, Not(HasSubstr("{{policy}}")));
  EXPECT_THAT(page, Not(HasSubstr("{{data}}")));
  EXPECT_THAT(page, HasSubstr("<title>ASYNCIFY breaks in the unwind of cycle 1"));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(Page, KeepsHostileNamesOutOfTheMarkup) {
  const std::string harmless = pageOf(exports::testing::neverSuspended());
  const std::string page = pageOf(exports::testing::hostileNames());
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("\xff")));
  EXPECT_EQ(count(page, "</script"), count(harmless, "</script"));
  EXPECT_EQ(count(page, "<!--"), count(harmless, "<!--"));
  const json data = dataOf(page);
  EXPECT_THAT(data["diagnosis"]["verdict"]["function"]["name"].get<std::string>(),
              HasSubstr("</script><img src=x onerror"));
}

TEST(Page, LoadsNothing) {
  const std::string page = pageOf(exports::testing::brokenMachine());
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  EXPECT_THAT(page, Not(HasSubstr("url(")));
}

TEST(PageData, DrawsCyclesThatWentAlikeOnce) {
  const json data = dataOf(pageOf(exports::testing::healthyMachine()));
  EXPECT_EQ(data["timeline"]["count"], 400);
  EXPECT_EQ(data["shapes"].size(), 5u) << "five depths of nesting";
  EXPECT_EQ(data["marks"].size(), 9u);
}

TEST(PageData, NamesTheFirstDifference) {
  const json data = dataOf(pageOf(exports::testing::brokenMachine()));
  const json& shape = data["shapes"][0];
  EXPECT_EQ(shape["first"]["row"], 2);
  EXPECT_EQ(shape["first"]["side"], "unwind");
  EXPECT_EQ(shape["frames"][0]["bytes"], 88);
  EXPECT_EQ(shape["frames"][2]["fate"], "lost");
  EXPECT_EQ(shape["import"], "hook");
  EXPECT_EQ(data["snapshots"][0]["cycle"], 1);
}

// A million cycles: the size that a browser has to take.
TEST(Page, StaysSmallOverAMillionCycles) {
  const record::ModuleTable table = exports::testing::longRunTable();
  const analyzer::Run run = exports::testing::longRun(1'000'000, table);
  const record::Trace trace;
  const std::string page = reportPage({trace, run, analyzer::Diagnosis{}, "0.0.0"});
  EXPECT_LT(page.size(), 40u << 20);
  EXPECT_EQ(dataOf(page)["timeline"]["count"], 1'000'000);
}

}  // namespace
}  // namespace asyncscope::html
