// Summaries: the laws of merging on random ones, the file, the bound.
#include "analyzer/summary/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "analyzer/diagnosis.h"
#include "analyzer/summary/summarise.h"
#include "analyzer/summary/summary_json.h"
#include "analyzer/testing/small_program.h"

namespace asyncscope::analyzer {
namespace {

using record::SiteKind;
using testing::addCycle;
using testing::addSmallProgram;
using ::testing::HasSubstr;
using testing::TraceBuilder;

// Draws from small sets, so that two summaries share some of their keys.
class RandomSummary {
 public:
  explicit RandomSummary(std::uint32_t seed) : random_(seed) {}

  Summary make() {
    Summary summary;
    summary.runs = counts();
    for (const Outcome outcome : kOutcomes) summary.outcomes.of(outcome) = below(5);
    summary.runsWithoutModule = below(3);
    summary.notes = below(3);
    summary.events = {below(100), below(100), below(100), below(100)};
    for (std::uint64_t i = below(4); i > 0; --i) summary.modules[below(3)] = module();
    return summary;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool flip() { return below(2) == 1; }
  RunCounts counts() { return {below(4), below(4), below(4)}; }
  std::string word() { return std::string("abcdefghij").substr(below(5), below(4)); }

  Spread spread() {
    Spread spread;
    for (std::uint64_t i = below(4); i > 0; --i) spread.add(below(100000), Label::Failing);
    for (std::uint64_t i = below(4); i > 0; --i) spread.add(below(70), Label::Passing);
    return spread;
  }

  // Ascending numbers of which another summary has some too.
  std::vector<std::uint32_t> numbers() {
    std::vector<std::uint32_t> list;
    for (std::uint32_t i = 0; i < 6; ++i) {
      if (flip()) list.push_back(i);
    }
    return list;
  }

  FunctionSummary function(std::uint32_t index) {
    FunctionSummary function{index, word(), flip(), flip(), counts(), counts(), {}};
    for (const std::uint32_t offset : numbers()) {
      SiteSummary site{offset,   std::nullopt, flip(), flip(), {below(9), below(9)},
                       below(9), counts()};
      if (flip()) site.kind = static_cast<SiteKind>(below(3));
      function.sites.push_back(site);
    }
    return function;
  }

  ModuleSummary module() {
    ModuleSummary module;
    module.size = below(3);
    module.name = word();
    module.runs = counts();
    for (const Outcome outcome : kOutcomes) module.outcomes.of(outcome) = below(5);
    module.suspended = counts();
    module.completed = counts();
    module.cycles = below(50);
    module.cyclesCompleted = below(50);
    module.framesWithoutSite = below(5);
    for (const std::uint32_t index : numbers()) module.functions.push_back(function(index));
    for (Spread* each : {&module.depth, &module.cycleCount, &module.bufferUse, &module.bufferShare,
                         &module.stackSkew}) {
      *each = spread();
    }
    for (RunCounts* each :
         {&module.cutUnwind, &module.neverResumed, &module.cutRewind, &module.anyUnguarded}) {
      *each = counts();
    }
    for (std::uint64_t i = below(6); i > 0; --i) {
      const auto line = static_cast<std::uint32_t>(below(3));
      *module.positions.at({word(), word(), line, 1}) += CycleCounts{below(9), below(9)};
      *module.lines.at({word(), word(), line}) += counts();
      *module.scripts.at({word()}) += counts();
    }
    FindingKey key{flip() ? "overlapping-suspend" : "double-wakeup", std::nullopt, std::nullopt};
    if (flip()) key.function = static_cast<std::uint32_t>(below(3));
    if (flip()) key.site = static_cast<std::uint32_t>(below(3));
    module.findings[key] = {counts(), below(9), below(3), below(3), below(3)};
    return module;
  }

  std::mt19937 random_;
};

Summary merged(Summary a, const Summary& b) {
  merge(a, b);
  return a;
}

TEST(Merging, IsAssociativeAndCommutativeAndHasAnIdentity) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    RandomSummary random(seed);
    const Summary a = random.make(), b = random.make(), c = random.make();
    ASSERT_TRUE(merged(a, merged(b, c)) == merged(merged(a, b), c)) << seed;
    ASSERT_TRUE(merged(a, b) == merged(b, a)) << seed;
    ASSERT_TRUE(merged(a, {}) == a) << seed;
    ASSERT_TRUE(merged({}, a) == a) << seed;
  }
}

TEST(Merging, AddsWhatItMerges) {
  // That the laws hold says nothing of a merge that forgets.
  RandomSummary random(7);
  const Summary a = random.make(), b = random.make();
  const Summary both = merged(a, b);
  EXPECT_EQ(both.runs.all(), a.runs.all() + b.runs.all());
  EXPECT_EQ(both.events.written, a.events.written + b.events.written);
  const auto exercised = [](const Summary& summary) {
    std::uint64_t sum = 0;
    for (const auto& [hash, module] : summary.modules) {
      for (const FunctionSummary& function : module.functions) {
        for (const SiteSummary& site : function.sites) sum += site.cycles.all();
      }
    }
    return sum;
  };
  EXPECT_GT(exercised(a), 0u);
  EXPECT_EQ(exercised(both), exercised(a) + exercised(b));
}

TEST(SummaryFile, ReadsBackAsItWas) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const Summary summary = RandomSummary(seed).make();
    const std::string text = writeSummary(summary);
    const auto read = readSummary(text);
    ASSERT_TRUE(read.has_value()) << read.error().message << "\n" << text;
    ASSERT_TRUE(*read == summary) << text;
    ASSERT_EQ(writeSummary(*read), text);
  }
}

TEST(SummaryFile, IsRefusedWithAReasonWhenItIsDamaged) {
  const std::string text = writeSummary(RandomSummary(3).make());
  EXPECT_FALSE(readSummary(text.substr(0, text.size() / 2)).has_value());
  EXPECT_FALSE(readSummary("{}").has_value());
  EXPECT_FALSE(readSummary("[1]").has_value());
  std::string later = text;
  later.replace(later.find("\"schema\": 1"), 11, "\"schema\": 9");
  const auto refused = readSummary(later);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("schema 9"));
}

// Every byte in turn becomes another: an error or a summary, never a crash.
TEST(SummaryFile, SurvivesDamageAnywhere) {
  const std::string text = writeSummary(RandomSummary(11).make());
  std::mt19937 random(1);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = "09-,[]{}\"xnt"[random() % 12];
    refused += readSummary(damaged).has_value() ? 0 : 1;
  }
  EXPECT_GT(refused, text.size() / 4);
}

struct Number {
  std::uint64_t value = 0;
  Number& operator+=(const Number& more) {
    value += more.value;
    return *this;
  }
  bool operator==(const Number&) const = default;
};
using Bounded = BoundedMap<ScriptKey, Number>;

Bounded randomBounded(std::mt19937& random) {
  Bounded map(5);
  for (int i = 0; i < 8; ++i) {
    if (Number* number = map.at({std::to_string(random() % 20)})) number->value += 1;
  }
  return map;
}

TEST(BoundedMap, MergesExactlyWhateverTheOrder) {
  std::mt19937 random(5);
  const auto merged = [](Bounded a, const Bounded& b) {
    a.merge(b);
    return a;
  };
  bool everCut = false;
  for (int i = 0; i < 500; ++i) {
    const Bounded a = randomBounded(random), b = randomBounded(random), c = randomBounded(random);
    ASSERT_TRUE(merged(a, merged(b, c)) == merged(merged(a, b), c));
    ASSERT_TRUE(merged(a, b) == merged(b, a));
    ASSERT_LE(merged(a, b).entries().size(), 5u);
    everCut = everCut || merged(a, b).cut();
  }
  EXPECT_TRUE(everCut);
}

// What is kept has the count that a map without a bound would have given it.
TEST(BoundedMap, KeepsExactCounts) {
  std::mt19937 random(6);
  std::map<std::string, std::uint64_t> all;
  Bounded bounded(5);
  for (int i = 0; i < 1000; ++i) {
    const std::string key = std::to_string(random() % 40);
    ++all[key];
    if (Number* number = bounded.at({key})) ++number->value;
  }
  ASSERT_EQ(bounded.entries().size(), 5u);
  EXPECT_TRUE(bounded.cut());
  for (const auto& [place, number] : bounded.entries()) {
    EXPECT_EQ(number.value, all[place.second.name]);
  }
}

TEST(Spread, IsExactForSmallValuesAndBoundedForLargeOnes) {
  EXPECT_EQ(Spread::rounded(64), 64u);
  EXPECT_EQ(Spread::rounded(1000), 992u);
  Spread spread;
  for (std::uint64_t value = 1; value != 0; value <<= 1) {
    for (std::uint64_t i = 0; i < 64; ++i) spread.add(value + value / 64 * i, Label::Passing);
    EXPECT_LE(Spread::rounded(value), value);
    EXPECT_EQ(Spread::rounded(Spread::rounded(value + value / 3)),
              Spread::rounded(value + value / 3));
  }
  EXPECT_LT(spread.values.size(), 1200u);
  EXPECT_EQ(spread.atLeast(0).passing, 64u * 64u);
}

const SiteSummary* siteAt(const ModuleSummary& module, std::uint32_t function,
                          std::uint32_t offset) {
  for (const FunctionSummary& entry : module.functions) {
    if (entry.index != function) continue;
    for (const SiteSummary& site : entry.sites) {
      if (site.offset == offset) return &site;
    }
  }
  return nullptr;
}

TEST(Summarise, CountsSitesByWhatBecameOfTheirCycles) {
  TraceBuilder builder;
  addSmallProgram(builder);
  addCycle(builder);
  addCycle(builder);
  addCycle(builder, {.completed = false});
  const auto built = builder.build();
  const Summary summary = summarise(built->run, Label::Passing, diagnose(built->run).findings);
  ASSERT_EQ(summary.modules.size(), 1u);
  const ModuleSummary& module = summary.modules.begin()->second;
  EXPECT_EQ(module.cycles, 3u);
  EXPECT_EQ(module.cyclesCompleted, 2u);
  const SiteSummary* plain = siteAt(module, 2, 0x210);
  ASSERT_NE(plain, nullptr);
  EXPECT_EQ(plain->cycles, (CycleCounts{2, 1}));
  EXPECT_EQ(plain->unsaved, 3u);
  EXPECT_EQ(plain->runs, (RunCounts{0, 1, 0}));
  EXPECT_EQ(siteAt(module, 1, 0x110)->unsaved, 0u);
  EXPECT_EQ(siteAt(module, 4, 0x410)->cycles.all(), 0u);
  EXPECT_EQ(module.depth.atLeast(3).passing, 1u);
  EXPECT_EQ(module.depth.atLeast(4).passing, 0u);
  EXPECT_EQ(module.cycleCount.atLeast(3).passing, 1u);
  EXPECT_EQ(module.bufferUse.atLeast(32).passing, 1u);
  EXPECT_EQ(module.neverResumed.passing, 1u);
  EXPECT_EQ(module.anyUnguarded.passing, 1u);
  ASSERT_EQ(module.scripts.entries().size(), 1u);
  EXPECT_EQ(module.scripts.entries().begin()->first.second.name, "invoke_v");
  ASSERT_EQ(module.positions.entries().size(), 1u);
  EXPECT_EQ(module.positions.entries().begin()->second, (CycleCounts{2, 1}));
  ASSERT_EQ(module.findings.size(), 1u);
  EXPECT_EQ(module.findings.begin()->first.function, 2u);
  EXPECT_EQ(module.findings.begin()->second.cycles, 3u);
}

// What lies in the buffer says which call was active, where the engine's stack is not known.
TEST(Summarise, FindsTheSiteOfARecordByItsCallIndex) {
  TraceBuilder builder;
  addSmallProgram(builder);
  auto& inner = builder.table.functions[0];
  inner.sites[0].callIndex = 4;
  inner.sites[1].callIndex = 5;
  builder.startUnwind(8, 1000);
  builder.saved(1, 20, 1000);
  builder.stopUnwind(20, 1000);
  builder.event(record::EventKind::Snapshot, 0, 0, 8, 12,
                std::string("\5\0\0\0\1\1\1\1\2\2\2\2", 12));
  const auto built = builder.build();
  const Summary summary = summarise(built->run, Label::Other, {});
  const ModuleSummary& module = summary.modules.begin()->second;
  EXPECT_EQ(siteAt(module, 1, 0x120)->cycles.interrupted, 1u);
  EXPECT_EQ(siteAt(module, 1, 0x110)->cycles.interrupted, 0u);
  EXPECT_EQ(module.framesWithoutSite, 0u);
}

TEST(Summarise, KeepsModulesApart) {
  TraceBuilder one, two;
  addSmallProgram(one);
  addSmallProgram(two);
  two.table.hash = 2;
  addCycle(one);
  const auto first = one.build(), second = two.build();
  const Summary both =
      merged(summarise(first->run, Label::Passing, {}), summarise(second->run, Label::Failing, {}));
  ASSERT_EQ(both.modules.size(), 2u);
  EXPECT_EQ(both.modules.at(1).runs, (RunCounts{0, 1, 0}));
  EXPECT_EQ(both.modules.at(2).runs, (RunCounts{1, 0, 0}));
  EXPECT_EQ(both.runs, (RunCounts{1, 1, 0}));
}

TEST(Summarise, GivesTextThatIsTheSameBeforeAndAfterAFile) {
  TraceBuilder builder;
  addSmallProgram(builder);
  builder.table.functions[0].name = "a\xff\"\\\n";
  builder.table.name = "\xe2\x80";
  addCycle(builder);
  const auto built = builder.build();
  const Summary summary = summarise(built->run, Label::Passing, {});
  const auto read = readSummary(writeSummary(summary));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_TRUE(*read == summary);
}

// A summary must not grow with the number of runs.
TEST(Summarise, StaysAsSmallAsOneRun) {
  TraceBuilder builder;
  addSmallProgram(builder);
  addCycle(builder);
  const auto built = builder.build();
  const Summary one = summarise(built->run, Label::Passing, {});
  Summary many;
  for (int i = 0; i < 3000; ++i) merge(many, one);
  EXPECT_EQ(many.runs.passing, 3000u);
  EXPECT_LT(writeSummary(many).size(), writeSummary(one).size() + 300);
}

}  // namespace
}  // namespace asyncscope::analyzer
