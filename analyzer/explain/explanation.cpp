#include "analyzer/explain/explanation.h"

#include <fmt/format.h>

#include <algorithm>
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

// `[text](address)` as `text (address)`; an address within the manual as the text alone. Code marks
// go, emphasis goes.
std::string inlineText(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto close = text[at] == '[' ? text.find("](", at) : std::string_view::npos;
    const auto end = close == std::string_view::npos ? close : text.find(')', close);
    if (end != std::string_view::npos) {
      const std::string_view address = text.substr(close + 2, end - close - 2);
      result += inlineText(text.substr(at + 1, close - at - 1));
      if (address.starts_with("http")) result += fmt::format(" ({})", address);
      at = end;
    } else if (text.substr(at).starts_with("**")) {
      ++at;
    } else if (text[at] != '`') {
      result += text[at];
    }
  }
  return result;
}

// The markdown of a page for a terminal: fences become indents, headings stand out.
std::string terminalText(std::string_view markdown, TextStyle style) {
  std::string result;
  bool isFenced = false;
  while (!markdown.empty()) {
    const auto end = markdown.find('\n');
    const std::string_view line = markdown.substr(0, end);
    markdown = end == std::string_view::npos ? std::string_view() : markdown.substr(end + 1);
    if (line.starts_with("```")) {
      isFenced = !isFenced;
    } else if (isFenced) {
      result += line.empty() ? "\n" : fmt::format("    {}\n", line);
    } else if (line.starts_with("<!--")) {
      continue;  // a mark for the script that writes the samples
    } else if (line.starts_with("#")) {
      const auto text = line.find_first_not_of("# ");
      if (text != std::string_view::npos) {
        result += painted(kBold, inlineText(line.substr(text)), style) + "\n";
      }
    } else {
      result += inlineText(line) + "\n";
    }
  }
  const auto begin = result.find_first_not_of('\n');
  return begin == std::string::npos ? std::string() : result.substr(begin);
}

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

// Lines of at most 96 bytes, broken at blanks.
std::string wrapped(std::string_view text, std::string_view indent) {
  constexpr std::size_t kWidth = 96;
  std::string result;
  std::size_t column = 0;
  while (!text.empty()) {
    const auto end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (column == 0 || column + 1 + word.size() > kWidth) {
      result += fmt::format("{}{}{}", column == 0 ? "" : "\n", indent, word);
      column = indent.size() + word.size();
    } else {
      result += fmt::format(" {}", word);
      column += 1 + word.size();
    }
  }
  return result + "\n";
}

std::string matchText(const Match& match, TextStyle style) {
  const Page& page = *match.page;
  std::string text = fmt::format("  {}\n    {}.\n", painted(kBold, page.code, style), page.title);
  return text + wrapped(inlineText(page.apart), "    ");
}

}  // namespace

std::string pageText(const Page& page, TextStyle style) {
  const std::string invariant =
      page.invariant == "-" ? std::string() : fmt::format(", invariant {}", page.invariant);
  return terminalText(page.body, style) +
         painted(kDim,
                 fmt::format("\nPhase: {}{}. Page: docs/findings/{}.md\n", page.phase, invariant,
                             page.code),
                 style);
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
        "{} failure modes can print this, and the text does not tell which it is. The most "
        "specific first:\n\n",
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
