// What each format must say of runs made by hand; formats_test.mjs has the formats' own readers.
#include "analyzer/export/exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analyzer/export/testing/sample_runs.h"

namespace asyncscope::exports {
namespace {

using nlohmann::json;
using testing::Sample;

std::string exported(Format format, const Sample& sample) {
  std::vector<const analyzer::Run*> passing;
  for (const auto& run : sample.passing) passing.push_back(&run->run);
  const analyzer::Diagnosis diagnosis = analyzer::diagnose(sample.run->run, passing);
  std::string text;
  writeExport(format, {sample.run->trace, sample.run->run, diagnosis, "0.0.0"},
              [&](std::string_view piece) { text += piece; });
  return text;
}

std::vector<json> eventsOf(const Sample& sample, const std::string& phase) {
  const json all = json::parse(exported(Format::Perfetto, sample));
  std::vector<json> events;
  for (const json& event : all["traceEvents"]) {
    if (event["ph"] == phase) events.push_back(event);
  }
  return events;
}

TEST(Formats, AreKnownByName) {
  EXPECT_EQ(formatNamed("perfetto"), Format::Perfetto);
  EXPECT_EQ(formatNamed("sarif"), Format::Sarif);
  EXPECT_EQ(formatNamed("Perfetto"), std::nullopt);
  EXPECT_EQ(formatNamed(""), std::nullopt);
}

TEST(Perfetto, HasOneTrackForEachBuffer) {
  std::vector<std::string> names;
  for (const json& event : eventsOf(testing::twoBuffers(), "M")) {
    if (event["name"] == "thread_name") names.push_back(event["args"]["name"]);
  }
  EXPECT_THAT(names, ::testing::ElementsAre("buffer 0x1f4", "buffer 0x2328"));
}

TEST(Perfetto, LeadsFromEachUnwindToItsRewind) {
  const Sample sample = testing::twoBuffers();
  std::map<int, json> starts, ends;
  for (const json& event : eventsOf(sample, "s")) starts[event["id"]] = event;
  for (const json& event : eventsOf(sample, "f")) ends[event["id"]] = event;
  ASSERT_EQ(starts.size(), 6u);
  ASSERT_EQ(ends.size(), 6u);
  for (const auto& [id, start] : starts) {
    EXPECT_EQ(start["tid"], ends[id]["tid"]) << id;
    EXPECT_LT(start["ts"].get<double>(), ends[id]["ts"].get<double>()) << id;
  }
  EXPECT_TRUE(eventsOf(testing::overflow(), "s").empty()) << "it never resumed";
}

TEST(Perfetto, PutsTheFramesInsideTheirSlice) {
  const std::vector<json> slices = eventsOf(testing::brokenMachine(), "X");
  std::map<std::string, json> parts;
  std::vector<std::string> unwound;
  for (const json& slice : slices) {
    if (slice["cat"] == "cycle") parts[slice["name"]] = slice;
  }
  ASSERT_EQ(parts.size(), 3u);
  const double begin = parts["unwind 1"]["ts"], end = begin + double(parts["unwind 1"]["dur"]);
  for (const json& slice : slices) {
    const double at = slice["ts"];
    if (slice["cat"] == "frame" && at >= begin && at < end - 0.01) unwound.push_back(slice["name"]);
  }
  EXPECT_THAT(unwound, ::testing::ElementsAre("execute (func[985])", "fun_bc_call (func[568])",
                                              "call_n_kw (func[376])", "call_method (func[377])",
                                              "main (func[1204])"));
}

TEST(Perfetto, ShowsFindingsAsInstants) {
  const std::vector<json> instants = eventsOf(testing::brokenMachine(), "i");
  ASSERT_EQ(instants.size(), 1u);
  EXPECT_EQ(instants[0]["name"], "uninstrumented-callsite-in-instrumented-frame");
  EXPECT_EQ(instants[0]["s"], "t");
}

TEST(Speedscope, WeighsTheBufferByTheBytesOfEachRecord) {
  const json file = json::parse(exported(Format::Speedscope, testing::brokenMachine()));
  const json& buffer = file["profiles"][2];
  EXPECT_EQ(buffer["unit"], "bytes");
  EXPECT_EQ(buffer["endValue"], 168);
  EXPECT_THAT(buffer["weights"].get<std::vector<int>>(), ::testing::ElementsAre(44, 8, 28, 88));
  EXPECT_EQ(buffer["samples"][0].size(), 1u) << "the outermost frame comes first";
  EXPECT_EQ(buffer["samples"][3].size(), 5u);
}

TEST(JsonLines, HasALineForEachCycle) {
  std::istringstream lines(exported(Format::JsonLines, testing::healthyMachine()));
  std::map<std::string, int> types;
  for (std::string line; std::getline(lines, line);) ++types[json::parse(line)["type"]];
  EXPECT_EQ(types["run"], 1);
  EXPECT_EQ(types["cycle"], 400);
  EXPECT_EQ(types["events"], 1);
  EXPECT_EQ(types.count("finding"), 0u);
}

TEST(Sarif, PointsAtTheCallInTheModule) {
  const json log = json::parse(exported(Format::Sarif, testing::brokenMachine()));
  const json& results = log["runs"][0]["results"];
  ASSERT_EQ(results.size(), 1u);
  const json& physical = results[0]["locations"][0]["physicalLocation"];
  EXPECT_EQ(physical["artifactLocation"]["uri"], "micropython.wasm");
  EXPECT_EQ(physical["region"]["byteOffset"], 0x1780a);
  EXPECT_EQ(results[0]["level"], "error");
  EXPECT_THAT(results[0]["message"]["text"].get<std::string>(),
              ::testing::HasSubstr("-sASYNCIFY_ADD=call_n_kw"));
  EXPECT_EQ(results[0]["stacks"][0]["frames"].size(), 5u);
}

TEST(Sarif, CallsALatentFindingAWarning) {
  const json log = json::parse(exported(Format::Sarif, testing::forwardingFrame()));
  EXPECT_EQ(log["runs"][0]["results"][0]["level"], "warning");
}

TEST(Sarif, HasNoResultForAHealthyRun) {
  const json log = json::parse(exported(Format::Sarif, testing::healthyMachine()));
  EXPECT_TRUE(log["runs"][0]["results"].empty());
}

class EveryFormat : public ::testing::TestWithParam<Format> {};

TEST_P(EveryFormat, IsTheSameTwice) {
  EXPECT_EQ(exported(GetParam(), testing::brokenMachine()),
            exported(GetParam(), testing::brokenMachine()));
}

TEST_P(EveryFormat, ReadsBackWithHostileNamesInIt) {
  std::string text = exported(GetParam(), testing::hostileNames());
  if (GetParam() == Format::JsonLines) text = text.substr(0, text.find('\n'));
  const json back = json::parse(text, nullptr, false);
  EXPECT_FALSE(back.is_discarded());
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat,
                         ::testing::Values(Format::Perfetto, Format::Speedscope, Format::JsonLines,
                                           Format::Sarif));

}  // namespace
}  // namespace asyncscope::exports
