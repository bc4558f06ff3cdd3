// `asyncscope explain`: what a finding code means, or which failure modes print a message.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>

#include "analyzer/cli/verb.h"
#include "analyzer/explain/explanation.h"
#include "support/text.h"

namespace asyncscope::cli {
namespace {

struct ExplainOptions {
  std::vector<std::string> words;
  bool json = false;
};

// As codes are spelled: words of small letters, joined by hyphens; or a part of one.
bool looksLikeCode(const std::string& text) {
  constexpr std::size_t kLeastPart = 4;
  const auto nearest = explain::nearestPages(text, 1);
  if (text.size() >= kLeastPart && !nearest.empty() &&
      nearest.front()->code.find(text) != std::string::npos) {
    return true;
  }
  const bool isSpelledSo = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  return isSpelledSo && text.find('-') != std::string::npos && text.front() != '-';
}

ExitCode unknownCode(const std::string& code) {
  std::string line =
      fmt::format("asyncscope: no finding code {}; the nearest:", support::quoted(code));
  for (const explain::Page* page : explain::nearestPages(code)) line += " " + page->code;
  fmt::print(stderr, "{}\n", line);
  return kUsage;
}

std::string queryOf(const std::vector<std::string>& words) {
  if (words.size() == 1 && words.front() == "-") {
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  }
  std::string query;
  for (const std::string& word : words) query += (query.empty() ? "" : " ") + word;
  return query;
}

ExitCode explainQuery(const ExplainOptions& options) {
  const explain::TextStyle style{.colour = wantsColour()};
  const std::string query = queryOf(options.words);
  if (options.words.empty()) {
    fmt::print("{}", options.json ? explain::listJson() : explain::listText(style));
    return kNothingFound;
  }
  if (const explain::Page* page = explain::findPage(query)) {
    fmt::print("{}", options.json ? explain::pageJson(*page) : explain::pageText(*page, style));
    return kNothingFound;
  }
  const auto matches = explain::matchMessage(query);
  const bool isSaid = std::any_of(matches.begin(), matches.end(),
                                  [](const explain::Match& match) { return !match.isSymptom; });
  if (!isSaid && looksLikeCode(query)) return unknownCode(query);
  fmt::print("{}", options.json ? explain::matchesJson(query, matches)
                                : explain::matchesText(query, matches, style));
  return matches.empty() ? kUsage : kNothingFound;
}

}  // namespace

void addExplain(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* verb = app.add_subcommand("explain", "What a finding code, or a message, means");
  verb->add_option("CODE|MESSAGE", options->words,
                   "A finding code, or what was printed; -: read it; nothing: list all codes")
      ->type_name("");
  verb->add_flag("--json", options->json, "Print JSON (docs/json.md) instead of text");
  verb->footer(
      "Exit code 2 means that neither the code nor the message is known.\n"
      "Example: asyncscope explain uninstrumented-frame-list\n"
      "         asyncscope explain \"RuntimeError: memory access out of bounds\"");
  verb->callback([options, &exitCode] { exitCode = explainQuery(*options); });
}

}  // namespace asyncscope::cli
