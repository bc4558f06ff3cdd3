#include "analyzer/stress/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <string_view>

namespace asyncscope::analyzer {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool matches(const std::string& text, const char* pattern) {
  return std::regex_match(text, std::regex(pattern));
}

// Item by item: a list may be long, and std::regex takes stack for each character.
bool allMatch(const std::string& list, const char* pattern) {
  const std::vector<std::string> items = split(list, ',');
  const std::regex expected(pattern);
  return std::all_of(items.begin(), items.end(), [&](const std::string& item) {
    return item.size() < 64 && std::regex_match(item, expected);
  });
}

bool isWhere(const std::string& text) {
  const auto colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  if (colon == std::string::npos) return kind == "every" || kind == "none";
  const std::string argument = text.substr(colon + 1);
  if (kind == "list") return allMatch(argument, "[1-9][0-9]{0,14}(-[1-9][0-9]{0,14})?");
  if (kind == "sites" || kind == "except") {
    return allMatch(argument, "[0-9]+@(0x[0-9a-fA-F]+|[0-9]+)");
  }
  if (argument.size() > 64) return false;
  if (kind == "nth") return matches(argument, "[1-9][0-9]{0,14}");
  if (kind == "window") return matches(argument, "[1-9][0-9]{0,14}-[1-9][0-9]{0,14}");
  return kind == "random" && matches(argument, "[0-9]+:(0(\\.[0-9]*)?|1(\\.0*)?|\\.[0-9]+)");
}

}  // namespace

support::Result<void> checkSchedule(const std::string& text) {
  const std::vector<std::string> parts = split(text, '+');
  const bool good = isWhere(parts.front()) &&
                    std::all_of(parts.begin() + 1, parts.end(), [](const std::string& option) {
                      return matches(option, "times=[1-9][0-9]{0,14}|oracle=(off|on|full)");
                    });
  if (good) return {};
  return support::fail(fmt::format("'{}' is no schedule", text), std::nullopt,
                       "there are every, nth:N, random:SEED:P, window:A-B, list:N,N-N,..., "
                       "sites:FUNC@OFFSET,..., except:FUNC@OFFSET,... and none, and after each "
                       "+times=K and +oracle=off|on|full");
}

std::string listSchedule(const std::vector<std::uint32_t>& opportunities) {
  if (opportunities.empty()) return "none";
  std::string text = "list:";
  for (std::size_t i = 0; i < opportunities.size();) {
    std::size_t last = i;
    while (last + 1 < opportunities.size() && opportunities[last + 1] == opportunities[last] + 1) {
      ++last;
    }
    if (i != 0) text += ',';
    text += std::to_string(opportunities[i]);
    if (last != i) text += '-' + std::to_string(opportunities[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace asyncscope::analyzer
