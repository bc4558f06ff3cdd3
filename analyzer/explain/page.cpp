#include "analyzer/explain/page.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "analyzer/explain/page_texts.h"

namespace asyncscope::explain {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// A scalar of YAML as the pages use it: plain, or in double quotes with \" and \\.
std::string scalar(std::string_view text) {
  text = trimmed(text);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string result;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    result += text[i];
  }
  return result;
}

std::string_view nextLine(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

class FrontMatter {
 public:
  explicit FrontMatter(Page& page) : page_(page) {}

  void read(std::string_view line) {
    if (const std::string_view item = trimmed(line); item.starts_with("- ")) {
      if (list_ != nullptr) list_->push_back(scalar(item.substr(2)));
      return;
    }
    list_ = nullptr;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    set(line.substr(0, colon), scalar(line.substr(colon + 1)));
  }

 private:
  void set(std::string_view key, std::string value) {
    if (key == "messages") list_ = &page_.messages;
    if (key == "symptoms") list_ = &page_.symptoms;
    if (key == "rank") std::from_chars(value.data(), value.data() + value.size(), page_.rank);
    const std::pair<std::string_view, std::string*> fields[] = {
        {"code", &page_.code},   {"title", &page_.title},         {"group", &page_.group},
        {"phase", &page_.phase}, {"invariant", &page_.invariant}, {"case", &page_.example},
        {"apart", &page_.apart}, {"mends", &page_.mends}};
    for (const auto& [name, field] : fields) {
      if (name == key) *field = std::move(value);
    }
  }

  Page& page_;
  std::vector<std::string>* list_ = nullptr;
};

// Insertions, deletions and replacements that make one word of the other (Levenshtein, by rows).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

Page readPage(std::string_view text) {
  Page page;
  std::string_view rest = text;
  if (nextLine(rest) != "---") return page;
  FrontMatter matter(page);
  while (!rest.empty()) {
    const std::string_view line = nextLine(rest);
    if (line == "---") break;
    matter.read(line);
  }
  page.body = rest;
  return page;
}

const std::vector<Page>& pages() {
  static const std::vector<Page> all = [] {
    std::vector<Page> read;
    for (const std::string_view text : pageTexts()) read.push_back(readPage(text));
    std::sort(read.begin(), read.end(), [](const Page& a, const Page& b) {
      return a.rank != b.rank ? a.rank < b.rank : a.code < b.code;
    });
    return read;
  }();
  return all;
}

const Page* findPage(std::string_view code) {
  const auto& all = pages();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Page& page) { return page.code == code; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<const Page*> nearestPages(std::string_view code, std::size_t count) {
  // A part of a name is nearer than any misspelling of another.
  const auto cost = [&](const Page& page) {
    return page.code.find(code) != std::string::npos ? 0 : distance(code, page.code);
  };
  std::vector<std::pair<std::size_t, const Page*>> ranked;
  for (const Page& page : pages()) ranked.emplace_back(cost(page), &page);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const Page*> nearest;
  for (const auto& [distanceTo, page] : ranked) {
    if (nearest.size() == count) break;
    nearest.push_back(page);
  }
  return nearest;
}

}  // namespace asyncscope::explain
