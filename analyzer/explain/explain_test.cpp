// The pages themselves, and how messages find them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "analyzer/explain/explanation.h"
#include "analyzer/explain/message.h"
#include "analyzer/explain/page.h"
#include "analyzer/explain/wordings.h"

namespace asyncscope::explain {
namespace {

using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> codesFor(std::string_view message) {
  std::vector<std::string> codes;
  for (const Match& match : matchMessage(message)) codes.push_back(match.page->code);
  return codes;
}

std::string replacedAll(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(ExplainPages, AreWhole) {
  const std::set<std::string> phases{"build", "unwind", "suspended", "rewind", "after", "host"};
  for (const Page& page : pages()) {
    SCOPED_TRACE(page.code);
    EXPECT_FALSE(page.title.empty());
    EXPECT_FALSE(page.title.ends_with("."));
    EXPECT_FALSE(page.group.empty());
    EXPECT_TRUE(phases.contains(page.phase)) << page.phase;
    EXPECT_GT(page.rank, 0);
    EXPECT_FALSE(page.apart.empty());
    EXPECT_FALSE(page.mends.empty());
    EXPECT_FALSE(page.messages.empty() && page.symptoms.empty());
    EXPECT_THAT(page.body, HasSubstr("# " + page.code + "\n"));
    EXPECT_THAT(page.body, HasSubstr("## How it comes about\n"));
    EXPECT_THAT(page.body, HasSubstr("## The case\n"));
    EXPECT_THAT(page.body, HasSubstr("## The fix\n"));
    EXPECT_THAT(page.body, HasSubstr("```"));  // a picture
  }
}

TEST(ExplainPages, AreFoundByTheirCode) {
  ASSERT_FALSE(pages().empty());
  for (const Page& page : pages()) EXPECT_EQ(findPage(page.code), &page);
  EXPECT_EQ(findPage("no-such-code"), nullptr);
}

TEST(ExplainPages, TheNearestCodeIsTheMisspelledOne) {
  EXPECT_EQ(nearestPages("import-not-listd", 1).front()->code, "import-not-listed");
  EXPECT_EQ(nearestPages("acidental-transparancy", 1).front()->code, "accidental-transparency");
  EXPECT_EQ(nearestPages("thunk", 1).front()->code, "dyncall-thunk-uninstrumented");
}

TEST(ExplainPages, QuotedValuesOfTheFrontMatterAreRead) {
  const Page page = readPage(
      "---\ncode: a-b\nrank: 7\ntitle: \"a \\\"b\\\": c\"\nmessages:\n  - \"x: \\\\y\"\n  - plain\n"
      "symptoms:\n  - words\napart: it is\n---\n\n# a-b\n");
  EXPECT_EQ(page.code, "a-b");
  EXPECT_EQ(page.rank, 7);
  EXPECT_EQ(page.title, "a \"b\": c");
  EXPECT_EQ(page.messages, (std::vector<std::string>{"x: \\y", "plain"}));
  EXPECT_EQ(page.symptoms, std::vector<std::string>{"words"});
  EXPECT_EQ(page.apart, "it is");
  EXPECT_EQ(page.body, "\n# a-b\n");
}

// What FAILURES.md, the catalogue of failure modes, gives as the typical symptom of each.
TEST(ExplainMessages, EverySymptomOfTheCatalogueNamesItsMode) {
  const char* root = std::getenv("ASYNCSCOPE_SOURCE_DIR");
  ASSERT_NE(root, nullptr);
  std::ifstream file(std::string(root) + "/analyzer/explain/testing/symptoms.txt");
  std::size_t count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const auto tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    EXPECT_THAT(codesFor(line.substr(tab + 1)), Contains(line.substr(0, tab))) << line;
  }
  EXPECT_EQ(count, 82u);
}

TEST(ExplainMessages, AreFoundInTheNoiseOfAConsole) {
  for (const Page& page : pages()) {
    for (const std::string& pattern : page.messages) {
      const std::string said =
          replacedAll(replacedAll(pattern, "*", "someName_42"), " … ", "\n    at f (a.js:1:2)\n  ");
      for (const std::string& text :
           {said, "Uncaught (in promise) RuntimeError: " + said, "Aborted(" + said + ")",
            "app.js:1612 Error: " + said + "\n    at wasm://wasm/0012ab34:wasm-function[7]:0x1e9d4",
            "**  " + replacedAll(said, " ", "  ") + "  **"}) {
        EXPECT_THAT(codesFor(text), Contains(page.code)) << text;
      }
    }
  }
}

TEST(ExplainMessages, SymptomsFindTheirOwnPage) {
  for (const Page& page : pages()) {
    for (const std::string& symptom : page.symptoms) {
      EXPECT_THAT(codesFor(symptom), Contains(page.code)) << symptom;
    }
  }
}

TEST(ExplainMessages, EnginesSayTheSameInOtherWords) {
  const auto same = [](std::string_view theirs, std::string_view v8) {
    const auto codes = codesFor(v8);
    EXPECT_THAT(codes, Not(IsEmpty())) << v8;
    EXPECT_EQ(codesFor(theirs), codes) << theirs;
  };
  // Firefox
  same("RuntimeError: unreachable executed", "RuntimeError: unreachable");
  same("RuntimeError: indirect call signature mismatch",
       "RuntimeError: null function or function signature mismatch");
  same("RuntimeError: indirect call to null",
       "RuntimeError: null function or function signature mismatch");
  // Safari
  same("Unreachable code should not be executed (evaluating 'start()')", "unreachable");
  same("Out of bounds memory access", "memory access out of bounds");
  same("call_indirect to a signature that does not match",
       "null function or function signature mismatch");
  // Firefox does not say whether the index was one of the memory or of the table.
  const auto codes = codesFor("RuntimeError: index out of bounds");
  for (const std::string& code : codesFor("RuntimeError: memory access out of bounds")) {
    EXPECT_THAT(codes, Contains(code));
  }
  for (const std::string& code : codesFor("RuntimeError: table index is out of bounds")) {
    EXPECT_THAT(codes, Contains(code));
  }
}

TEST(ExplainMessages, TheMostSpecificComesFirst) {
  EXPECT_EQ(codesFor("RuntimeError: unreachable\n    at dynCall_v (wasm://wasm/1:0x12)").front(),
            "dyncall-thunk-uninstrumented");
  EXPECT_EQ(codesFor("import emscripten_asm_const_int was not in ASYNCIFY_IMPORTS, but changed the "
                     "state")
                .front(),
            "import-blame-displaced");
  EXPECT_EQ(
      codesFor("import invoke_vii was not in ASYNCIFY_IMPORTS, but changed the state").front(),
      "invoke-signature-missing");
  EXPECT_EQ(codesFor("ASYNCIFY breaks in the unwind of cycle 1 at f: addlist-callsite-gap").front(),
            "addlist-callsite-gap");
}

TEST(ExplainMessages, WhatIsNoFailureOfAsyncifyIsNotTakenForOne) {
  for (const char* text :
       {"", "hello", "TypeError: Cannot read properties of undefined (reading 'foo')",
        "connect ECONNREFUSED 127.0.0.1:80", "destination host unreachable",
        "the isUnreachable flag is set", "segmentation fault (core dumped)",
        "error: expected ';' after expression", "state: 12"}) {
    EXPECT_THAT(codesFor(text), IsEmpty()) << text;
  }
}

TEST(ExplainMessages, PatternsMatchWithinALineAndAcrossLines) {
  EXPECT_TRUE(shows(normalised("import  Foo was not in X"), "import * was not"));
  EXPECT_FALSE(shows(normalised("import foo\nwas not in x"), "import * was not"));
  EXPECT_TRUE(shows(normalised("unreachable\n at a\n at dynCall_v"), "unreachable … dynCall_*"));
  EXPECT_FALSE(shows(normalised("dynCall_v\nunreachable"), "unreachable … dynCall_*"));
  EXPECT_FALSE(shows(normalised("invalid state: 12"), "invalid state: 1"));
}

TEST(ExplainText, AMessageThatNobodyKnowsIsSaidToBeUnknown) {
  const std::string text = matchesText("no \x1b[31msuch", matchMessage("no such"), {});
  EXPECT_THAT(text, HasSubstr("No failure mode of ASYNCIFY that asyncscope knows of"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(ExplainText, PagesAreFreeOfMarkdown) {
  for (const Page& page : pages()) {
    const std::string text = pageText(page, {});
    EXPECT_THAT(text, Not(HasSubstr("```"))) << page.code;
    EXPECT_THAT(text, Not(HasSubstr("](http"))) << page.code;
    EXPECT_THAT(text, Not(HasSubstr("<!--"))) << page.code;
    EXPECT_THAT(text, Not(ContainsRegex(" \\*[a-z]+\\* "))) << page.code;
    EXPECT_THAT(text, HasSubstr(page.code));
  }
}

TEST(ExplainText, TheListHasEveryCode) {
  const std::string text = listText({});
  for (const Page& page : pages()) EXPECT_THAT(text, HasSubstr("  " + page.code + " "));
}

TEST(ExplainJson, SaysTheSame) {
  const auto list = nlohmann::json::parse(listJson());
  EXPECT_EQ(list["pages"].size(), pages().size());
  const auto page = nlohmann::json::parse(pageJson(pages().front()));
  EXPECT_EQ(page["page"]["code"], pages().front().code);
  const auto found =
      nlohmann::json::parse(matchesJson("invalid state: 1", matchMessage("invalid state: 1")));
  EXPECT_EQ(found["matches"].size(), codesFor("invalid state: 1").size());
  EXPECT_EQ(found["matches"][0]["known_by"], "message");
}

}  // namespace
}  // namespace asyncscope::explain
