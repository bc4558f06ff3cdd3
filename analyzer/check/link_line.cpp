#include <algorithm>
#include <charconv>

#include "analyzer/check/lints.h"

namespace asyncscope::check {
namespace {

using Words = std::vector<std::string>;

// Words as a shell makes them; no expansion of any kind.
Words splitWords(std::string_view line) {
  Words words;
  std::string word;
  bool open = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else if (c == '\\' && quote == '"' && i + 1 < line.size() &&
                 (line[i + 1] == '"' || line[i + 1] == '\\')) {
        word += line[++i];
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      open = true;
    } else if (c == '\\' && i + 1 < line.size()) {
      if (line[++i] != '\n') word += line[i];
      open = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (open || !word.empty()) words.push_back(std::move(word));
      word.clear();
      open = false;
    } else {
      word += c;
    }
  }
  if (open || !word.empty()) words.push_back(std::move(word));
  return words;
}

std::string_view trim(std::string_view text) {
  const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
  return text;
}

// One item: in quotes, or up to the next separator that is not between parentheses or angle
// brackets, as in signatures of C++.
void readItems(std::string_view text, std::string_view separators, Words& items) {
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && (separators.find(text[at]) != std::string_view::npos ||
                                trim(text.substr(at, 1)).empty())) {
      ++at;
    }
    if (at == text.size()) return;
    const char quote = text[at];
    if (quote == '"' || quote == '\'') {
      std::string item;
      for (++at; at < text.size() && text[at] != quote; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        item += text[at];
      }
      ++at;
      items.push_back(std::move(item));
      continue;
    }
    std::size_t end = at;
    int nesting = 0;
    for (; end < text.size(); ++end) {
      nesting += text[end] == '(' || text[end] == '<' ? 1 : 0;
      nesting -= text[end] == ')' || text[end] == '>' ? 1 : 0;
      if (nesting <= 0 && separators.find(text[end]) != std::string_view::npos) break;
    }
    items.emplace_back(trim(text.substr(at, end - at)));
    at = end;
  }
}

support::Result<Words> readList(std::string_view value, const ReadText& read,
                                bool fromFile = false) {
  value = trim(value);
  Words items;
  if (!fromFile && value.starts_with('@')) {
    const auto text = read(std::string(value.substr(1)));
    if (!text) return tl::unexpected(text.error());
    return readList(*text, read, true);
  }
  if (value.starts_with('[')) {
    value.remove_prefix(1);
    const std::size_t end = value.rfind(']');
    value = value.substr(0, end);
    readItems(value, ",", items);
  } else {
    readItems(value, fromFile ? "\n" : ",", items);
  }
  return items;
}

bool isTrue(std::string_view value) { return value.empty() || (value != "0" && value != "false"); }

// Takes key=value of a setting or a pass argument.
class Settings {
 public:
  Settings(LinkLine& line, const ReadText& read) : line_(line), read_(read) {}

  support::Result<void> emcc(std::string_view setting) {
    const std::size_t equals = setting.find('=');
    const std::string_view key = setting.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : setting.substr(equals + 1);
    if (key == "ASYNCIFY") line_.asyncify = isTrue(value);
    if (key == "ASYNCIFY_IGNORE_INDIRECT") line_.ignoreIndirect = isTrue(value);
    if (key == "EMULATE_FUNCTION_POINTER_CASTS") line_.castEmulation = isTrue(value);
    if (key == "ASYNCIFY_STACK_SIZE") number(value);
    if (key == "ASYNCIFY_IMPORTS") return imports(value);
    if (key == "ASYNCIFY_ADD") return list(value, line_.add);
    if (key == "ASYNCIFY_ONLY" || key == "ASYNCIFY_WHITELIST") return list(value, line_.only);
    if (key == "ASYNCIFY_REMOVE" || key == "ASYNCIFY_BLACKLIST") return list(value, line_.remove);
    return {};
  }
  support::Result<void> pass(std::string_view argument) {
    const std::size_t at = argument.find('@');
    const std::string_view key = argument.substr(0, at);
    const std::string_view value =
        at == std::string_view::npos ? std::string_view() : argument.substr(at + 1);
    if (key == "asyncify-ignore-indirect") line_.ignoreIndirect = true;
    if (key == "asyncify-imports") return imports(value);
    if (key == "asyncify-addlist") return list(value, line_.add);
    if (key == "asyncify-onlylist" || key == "asyncify-whitelist") return list(value, line_.only);
    if (key == "asyncify-removelist" || key == "asyncify-blacklist") {
      return list(value, line_.remove);
    }
    return {};
  }

 private:
  support::Result<void> list(std::string_view value, Words& into) {
    auto items = readList(value, read_);
    if (!items) return tl::unexpected(items.error());
    into = std::move(*items);
    return {};
  }
  support::Result<void> imports(std::string_view value) {
    line_.imports.emplace();
    return list(value, *line_.imports);
  }
  void number(std::string_view value) {
    std::uint64_t size = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), size).ec == std::errc{}) {
      line_.stackSize = size;
    }
  }

  LinkLine& line_;
  const ReadText& read_;
};

bool isOptimisation(const std::string& word) {
  return word.size() >= 2 && word.starts_with("-O") && word != "-O0" && word != "-Og";
}

}  // namespace

support::Result<LinkLine> readLinkLine(std::string_view text, const ReadText& read) {
  LinkLine line;
  Words words = splitWords(text);
  // Response files are lines of words like these; one within another is not followed.
  Words all;
  for (std::string& word : words) {
    if (word.starts_with('@') && word.size() > 1) {
      const auto file = read(word.substr(1));
      if (!file) return tl::unexpected(file.error());
      for (std::string& inner : splitWords(*file)) all.push_back(std::move(inner));
    } else {
      all.push_back(std::move(word));
    }
  }
  line.isEmcc = all.empty() || all[0].find("wasm-opt") == std::string::npos;
  Settings settings(line, read);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string& word = all[i];
    support::Result<void> done;
    if (word == "-s" && i + 1 < all.size()) {
      done = settings.emcc(all[++i]);
    } else if (line.isEmcc && word.starts_with("-s") && word.size() > 2) {
      done = settings.emcc(std::string_view(word).substr(2));
    } else if ((word == "--pass-arg" || word == "-pa") && i + 1 < all.size()) {
      done = settings.pass(all[++i]);
    } else if (word.starts_with("--pass-arg=")) {
      done = settings.pass(std::string_view(word).substr(std::string_view("--pass-arg=").size()));
    }
    if (!done) return tl::unexpected(done.error());
    line.asyncify = line.asyncify || word == "--asyncify";
    line.castEmulation = line.castEmulation || word == "--fpcast-emu";
    line.wasmExceptions = line.wasmExceptions || word == "-fwasm-exceptions";
    if (word.starts_with("-O")) line.optimises = isOptimisation(word);  // the last one counts
  }
  return line;
}

}  // namespace asyncscope::check
