#include "analyzer/stress/schedule.h"

#include <fmt/format.h>

#include <regex>

namespace asyncscope::analyzer {

support::Result<void> checkSchedule(const std::string& text) {
  static const std::string number = "[1-9][0-9]{0,14}", range = number + "(-" + number + ")?";
  static const std::regex language(
      "(every|none|nth:" + number + "|random:[0-9]+:(0(\\.[0-9]*)?|1(\\.0*)?|\\.[0-9]+)|window:" +
      number + "-" + number + "|list:" + range + "(," + range + ")*)(\\+times=" + number + ")*");
  if (std::regex_match(text, language)) return {};
  return support::fail(
      fmt::format("'{}' is no schedule", text), std::nullopt,
      "there are every, nth:N, random:SEED:P, window:A-B, list:N,N-N,... and none, "
      "and +times=K after each");
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
