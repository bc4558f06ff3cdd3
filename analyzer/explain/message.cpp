#include "analyzer/explain/message.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "analyzer/explain/wordings.h"

namespace asyncscope::explain {
namespace {

constexpr std::string_view kLater = "…";
constexpr double kAlike = 0.5;            // descriptions that share less are not taken for the same
constexpr std::size_t kAlikeWeight = 40;  // what words count, next to the letters of a message
constexpr std::size_t kCodeWeight = 1000;
constexpr std::size_t kMostLines = 50;  // a description is short; a log is searched for messages

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + at.size());
  }
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

bool isWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Not in the middle of a word at either end; a pattern that ends in * may be.
bool standsAlone(std::string_view text, std::size_t begin, std::size_t end, bool isOpen) {
  if (begin > 0 && isWord(text[begin]) && isWord(text[begin - 1])) return false;
  return isOpen || end >= text.size() || !isWord(text[end - 1]) || !isWord(text[end]);
}

// A trap is told at the beginning of a message, or behind a colon, a bracket, a quote: "network
// unreachable" is none.
bool beginsMessage(std::string_view text, std::size_t at) {
  while (at > 0 && text[at - 1] == ' ') --at;
  if (at == 0) return true;
  const std::string_view before = text.substr(0, at);
  return (!isWord(before.back()) && before.back() != '-') || before.ends_with(" or") ||
         before.ends_with(" then");
}

// Where the pieces, in this order, end in one line of the text at or behind `from`; npos: nowhere.
std::size_t findInLine(std::string_view text, std::size_t from, std::string_view pattern) {
  const std::vector<std::string_view> pieces = split(pattern, "*");
  for (std::size_t begin = text.find(pieces[0], from); begin != std::string_view::npos;
       begin = text.find(pieces[0], begin + 1)) {
    if (pieces[0] == "unreachable" && !beginsMessage(text, begin)) continue;
    const std::string_view line = text.substr(0, text.find('\n', begin));
    std::size_t end = begin + pieces[0].size();
    bool isFound = true;
    for (std::size_t i = 1; i < pieces.size() && isFound; ++i) {
      const std::size_t next = line.find(pieces[i], end);
      isFound = next != std::string_view::npos;
      end = next + pieces[i].size();
    }
    if (isFound && standsAlone(text, begin, end, pieces.back().empty())) return end;
    if (begin + 1 >= text.size()) break;
  }
  return std::string_view::npos;
}

// Whether the code stands in the text, and not as a part of a longer one.
bool namesCode(std::string_view text, std::string_view code) {
  const auto isPart = [&](std::size_t at) {
    return at < text.size() && (isWord(text[at]) || text[at] == '-');
  };
  for (auto at = text.find(code); at != std::string_view::npos; at = text.find(code, at + 1)) {
    if (!isPart(at + code.size()) && (at == 0 || !isPart(at - 1))) return true;
  }
  return false;
}

std::size_t lettersOf(std::string_view pattern) {
  return static_cast<std::size_t>(std::count_if(pattern.begin(), pattern.end(), isWord));
}

using Words = std::set<std::string>;

// Words that say something, without their endings. Those of a trap are its message, which counts
// by itself.
Words wordsOf(std::string_view text) {
  static const Words kSilent{
      "no",           "such",        "is",    "it",    "its",     "in",    "of",    "to",
      "or",           "by",          "at",    "on",    "if",      "as",    "an",    "be",
      "so",           "the",         "and",   "with",  "that",    "this",  "then",  "from",
      "for",          "but",         "are",   "was",   "has",     "not",   "after", "when",
      "only",         "into",        "later", "gets",  "get",     "all",   "our",   "you",
      "your",         "any",         "some",  "once",  "there",   "every", "have",  "does",
      "did",          "been",        "will",  "can",   "why",     "what",  "how",   "program",
      "runtimeerror", "unreachable", "abort", "error", "uncaught"};
  Words words;
  std::string word;
  const auto add = [&] {
    for (const std::string_view ending : {"ing", "ed", "es", "s"}) {
      if (word.size() >= ending.size() + 3 && word.ends_with(ending)) {
        word.resize(word.size() - ending.size());
        break;
      }
    }
    if (word.size() >= 2 && !kSilent.contains(word)) words.insert(word);
    word.clear();
  };
  for (const char c : text) {
    if (isWord(c)) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (c != '\'') {
      add();
    }
  }
  add();
  return words;
}

Words without(Words words, const Words& others) {
  for (const std::string& word : others) words.erase(word);
  return words;
}

double likeness(const Words& a, const Words& b) {
  if (a.empty() || b.empty()) return 0;
  const auto shared =
      std::count_if(a.begin(), a.end(), [&](const std::string& word) { return b.contains(word); });
  if (shared < 2) return 0;  // one word may mean anything
  return static_cast<double>(shared) /
         std::sqrt(static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

// The best match of one page; weight 0: none. `lines`: the words of each.
Match matchPage(const Page& page, const std::string& text, const std::vector<Words>& lines) {
  Match best{&page, {}, false, 0};
  if (namesCode(text, page.code)) return {&page, page.code, false, kCodeWeight};
  for (const std::string& pattern : page.messages) {
    if (const std::size_t weight = lettersOf(pattern);
        weight > best.weight && shows(text, pattern)) {
      best = {&page, pattern, false, weight};
    }
  }
  double alike = 0;
  std::string symptom;
  const Words counted = wordsOf(normalised(best.pattern));  // they are in the weight already
  for (const std::string& described : page.symptoms) {
    const Words words = without(wordsOf(described), counted);
    for (const Words& line : lines) {
      if (const double now = likeness(words, without(line, counted)); now > alike) {
        alike = now;
        symptom = described;
      }
    }
  }
  if (alike < kAlike) return best;
  const auto weight = static_cast<std::size_t>(std::lround(alike * kAlikeWeight));
  if (best.weight == 0) return {&page, symptom, true, weight};
  best.weight += weight;
  return best;
}

}  // namespace

bool shows(std::string_view normalisedText, std::string_view pattern) {
  std::size_t at = 0;
  const std::string plain = normalised(pattern);
  for (const std::string_view part : split(plain, kLater)) {
    at = findInLine(normalisedText, at, trimmed(part));
    if (at == std::string_view::npos) return false;
  }
  return true;
}

double likeness(std::string_view a, std::string_view b) { return likeness(wordsOf(a), wordsOf(b)); }

std::vector<Match> matchMessage(std::string_view text) {
  const std::string plain = normalised(text);
  std::vector<Words> lines;
  for (const std::string_view line : split(plain, "\n")) {
    if (lines.size() < kMostLines) lines.push_back(wordsOf(line));
  }
  std::vector<Match> matches;
  for (const Page& page : pages()) {
    if (Match match = matchPage(page, plain, lines); match.weight > 0) {
      matches.push_back(std::move(match));
    }
  }
  std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
    return a.isSymptom != b.isSymptom ? b.isSymptom : a.weight > b.weight;
  });
  return matches;
}

}  // namespace asyncscope::explain
