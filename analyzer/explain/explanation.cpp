#include "analyzer/explain/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "support/text.h"

namespace asyncscope::explain {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kBold = "\x1b[1m";
constexpr const char* kDim = "\x1b[2m";
constexpr const char* kPlain = "\x1b[0m";

std::string painted(const char* paint, std::string_view text, TextStyle style) {
  return style.colour ? fmt::format("{}{}{}", paint, text, kPlain) : std::string(text);
}

// Whether the asterisk at `at` begins or ends *emphasis*; one behind `invoke_` is part of a name.
bool isEmphasis(std::string_view text, std::size_t at) {
  const auto isWord = [&](std::size_t i) {
    return i < text.size() && std::isalnum(static_cast<unsigned char>(text[i])) != 0;
  };
  const bool begins = at == 0 || text[at - 1] == ' ' || text[at - 1] == '(';
  return begins ? isWord(at + 1) : isWord(at - 1) && !isWord(at + 1);
}

// `[text](address)` as `text (address)`; an address within the manual as the text alone. Code marks
// go, emphasis goes.
std::string inlineText(std::string_view text) {
  std::string result;
  bool isCode = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto close = text[at] == '[' ? text.find("](", at) : std::string_view::npos;
    const auto end = close == std::string_view::npos ? close : text.find(')', close);
    if (end != std::string_view::npos) {
      const std::string_view address = text.substr(close + 2, end - close - 2);
      result += inlineText(text.substr(at + 1, close - at - 1));
      if (address.starts_with("http")) result += fmt::format(" ({})", address);
      at = end;
    } else if (text[at] == '`') {
      isCode = !isCode;
    } else if (!isCode && text.substr(at).starts_with("**")) {
      ++at;
    } else if (isCode || text[at] != '*' || !isEmphasis(text, at)) {
      result += text[at];
    }
  }
  return result;
}

// Lines of at most 96 bytes, broken at blanks; `first` begins the first, `indent` the others.
std::string wrapped(std::string_view text, std::string_view first, std::string_view indent) {
  constexpr std::size_t kWidth = 96;
  std::string result(first);
  std::size_t column = first.size();
  bool isFirst = true;
  while (!text.empty()) {
    const auto end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!isFirst && column + 1 + word.size() > kWidth) {
      result += fmt::format("\n{}{}", indent, word);
      column = indent.size() + word.size();
    } else {
      result += fmt::format("{}{}", isFirst ? "" : " ", word);
      column += word.size() + (isFirst ? 0 : 1);
    }
    isFirst = false;
  }
  return result + "\n";
}

// The markdown of a page for a terminal: fences become indents, headings stand out, paragraphs are
// set anew, for links become shorter or longer than they were.
class TerminalText {
 public:
  explicit TerminalText(TextStyle style) : style_(style) {}

  std::string of(std::string_view markdown) {
    while (!markdown.empty()) {
      const auto end = markdown.find('\n');
      add(markdown.substr(0, end));
      markdown = end == std::string_view::npos ? std::string_view() : markdown.substr(end + 1);
    }
    endParagraph();
    return text_;
  }

 private:
  void add(std::string_view line) {
    if (line.starts_with("```")) {
      endParagraph();
      isFenced_ = !isFenced_;
    } else if (isFenced_) {
      text_ += line.empty() ? "\n" : fmt::format("    {}\n", line);
    } else if (line.starts_with("<!--")) {
      endParagraph();  // a mark for the script that writes the samples
    } else if (line.starts_with("#")) {
      endParagraph();
      const auto heading = line.substr(std::min(line.find_first_not_of("# "), line.size()));
      text_ += painted(kBold, inlineText(heading), style_) + "\n";
    } else if (line.empty()) {
      endParagraph();
      if (!text_.empty() && !text_.ends_with("\n\n")) text_ += "\n";
    } else {
      if (line.starts_with("- ")) endParagraph();
      const auto begin = std::min(line.find_first_not_of(' '), line.size());
      if (!paragraph_.empty()) paragraph_ += ' ';
      paragraph_ += line.substr(begin);
    }
  }

  void endParagraph() {
    if (paragraph_.empty()) return;
    const bool isItem = paragraph_.starts_with("- ");
    const std::string words = inlineText(std::string_view(paragraph_).substr(isItem ? 2 : 0));
    text_ += wrapped(words, isItem ? "- " : "", isItem ? "  " : "");
    paragraph_.clear();
  }

  TextStyle style_;
  bool isFenced_ = false;
  std::string paragraph_, text_;
};

Json briefJson(const Page& page) {
  return Json{
      {"code", page.code},           {"title", page.title},
      {"group", page.group},         {"phase", page.phase},
      {"invariant", page.invariant}, {"apart", page.apart},
      {"mends", page.mends},         {"page", fmt::format("docs/findings/{}.md", page.code)}};
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string matchText(const Match& match, TextStyle style) {
  return fmt::format("  {}\n{}", painted(kBold, match.page->code, style),
                     wrapped(inlineText(match.page->apart), "    ", "    "));
}

}  // namespace

std::string pageText(const Page& page, TextStyle style) {
  const std::string invariant =
      page.invariant == "-" ? std::string() : fmt::format(", invariant {}", page.invariant);
  return TerminalText(style).of(page.body) +
         painted(kDim,
                 fmt::format("\nPhase: {}{}. Page: docs/findings/{}.md\n", page.phase, invariant,
                             page.code),
                 style);
}

std::string leadText(const Page& page) {
  std::string_view rest = page.body;
  std::string lead;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (line.empty() && !lead.empty()) break;
    if (line.empty() || line.starts_with("#")) continue;
    lead += (lead.empty() ? "" : " ") + std::string(line);
  }
  return inlineText(lead);
}

std::string listText(TextStyle style) {
  std::size_t width = 0;
  for (const Page& page : pages()) width = std::max(width, page.code.size());
  std::string text, group;
  for (const Page& page : pages()) {
    if (page.group != group) {
      group = page.group;
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", painted(kBold, group, style));
    }
    text += fmt::format("  {:<{}}  {}\n", page.code, width, page.title);
  }
  return text +
         "\nasyncscope explain CODE prints the page of one; asyncscope explain \"MESSAGE\" lists "
         "those that can\nproduce what you saw.\n";
}

std::string matchesText(std::string_view message, const std::vector<Match>& matches,
                        TextStyle style) {
  if (matches.empty()) {
    return fmt::format(
        "No failure mode of ASYNCIFY that asyncscope knows of prints {}.\n"
        "It may be your program's own. What happened is seen in a run:\n"
        "  asyncscope run -- node app.js\n",
        support::quoted(message, 120));
  }
  const auto said = static_cast<std::size_t>(std::count_if(
      matches.begin(), matches.end(), [](const Match& match) { return !match.isSymptom; }));
  std::string text;
  if (said == 1) {
    text += "One failure mode prints this:\n\n";
  } else if (said > 1) {
    text += fmt::format(
        "{} failure modes can print this, and the text alone does not tell which it is. What "
        "tells them\napart, the most specific first, then the most common:\n\n",
        said);
  }
  for (const Match& match : matches) {
    if (!match.isSymptom) text += matchText(match, style);
  }
  if (said < matches.size()) {
    text += fmt::format("{}\n\n", said == 0 ? "No message that asyncscope knows. Described alike:"
                                            : "\nDescribed alike:");
  }
  for (const Match& match : matches) {
    if (match.isSymptom) text += matchText(match, style);
  }
  return text +
         "\nWhich one it is, a run says:  asyncscope run -- node app.js\n"
         "The page of one:              asyncscope explain " +
         matches.front().page->code + "\n";
}

std::string pageJson(const Page& page) {
  Json json = briefJson(page);
  json["case"] = page.example == "none" ? Json(nullptr) : Json(page.example);
  json["messages"] = page.messages;
  json["symptoms"] = page.symptoms;
  json["markdown"] = page.body;
  return dumped(Json{{"schema", kExplainSchema}, {"page", json}});
}

std::string listJson() {
  Json list = Json::array();
  for (const Page& page : pages()) list.push_back(briefJson(page));
  return dumped(Json{{"schema", kExplainSchema}, {"pages", list}});
}

std::string matchesJson(std::string_view message, const std::vector<Match>& matches) {
  Json list = Json::array();
  for (const Match& match : matches) {
    Json entry = briefJson(*match.page);
    entry["known_by"] = match.isSymptom ? "words" : "message";
    entry["pattern"] = match.pattern;
    list.push_back(entry);
  }
  return dumped(
      Json{{"schema", kExplainSchema}, {"message", std::string(message)}, {"matches", list}});
}

}  // namespace asyncscope::explain
