#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzer/check/findings_text.h"
#include "analyzer/check/report.h"
#include "support/text.h"

namespace asyncscope::check {
namespace {

using Json = nlohmann::ordered_json;

std::string sentence(const PlainCheck& check) {
  const auto found = std::find_if(check.findings.begin(), check.findings.end(), counts);
  if (found == check.findings.end()) {
    return fmt::format(
        "Not asyncified yet: {} of {} functions can be on the stack at a suspend, {} "
        "are likely to be.",
        check.possible.size(), check.functions, check.likely.size());
  }
  return "Not asyncified yet, and the link goes wrong: " + found->code;
}

}  // namespace

std::string plainText(const PlainCheck& check, const std::vector<PassSize>& sizes,
                      std::uint64_t bytes, const ReportOptions& options) {
  const analyzer::Painter paint(options.colour);
  std::string text = paint.bold(sentence(check)) + "\n";
  if (!check.findings.empty()) text += "\nFindings\n";
  for (const StaticFinding& finding : check.findings) text += findingText(finding, paint);
  text += fmt::format("\nSuspending imports{}\n  {}\n",
                      check.guessed ? ", guessed by their names (say it with --imports)" : "",
                      support::escaped(fmt::format("{}", fmt::join(check.suspending, ", "))));
  const Refinement& refinement = check.refinement;
  text += fmt::format(
      "\n{} indirect calls; functions that they can lead to: {} by signature, {} in a table, {} "
      "whose "
      "index is held, {} by where it lies\n",
      refinement.sites, refinement.bySignature, refinement.inTable, refinement.held,
      refinement.bySlot);
  if (!sizes.empty()) text += fmt::format("\nWhat the pass makes of its {} bytes\n", bytes);
  for (const PassSize& size : sizes) {
    text +=
        size.bytes == 0
            ? fmt::format("  {:<16} not measured: {}\n", size.what, support::escaped(size.error))
            : fmt::format(
                  "  {:<16} {:>10} bytes {:+6.1f} %  {}\n", size.what, size.bytes,
                  100.0 * (static_cast<double>(size.bytes) / static_cast<double>(bytes) - 1),
                  size.means);
  }
  return text;
}

std::string plainJson(const PlainCheck& check, const std::vector<PassSize>& sizes,
                      std::uint64_t bytes, const std::string& file) {
  Json findings = Json::array(), measured = Json::object();
  for (const StaticFinding& finding : check.findings) findings.push_back(findingJson(finding));
  for (const PassSize& size : sizes) {
    measured[size.what] = size.bytes == 0 ? Json(nullptr) : Json(size.bytes);
  }
  const auto found = std::find_if(check.findings.begin(), check.findings.end(), counts);
  const Refinement& refinement = check.refinement;
  const Json json{
      {"schema", kCheckSchema},
      {"file", file},
      {"asyncified", false},
      {"sentence", sentence(check)},
      {"verdict", found == check.findings.end() ? Json(nullptr) : findingJson(*found)},
      {"findings", findings},
      {"suspending_imports", {{"names", check.suspending}, {"guessed", check.guessed}}},
      {"functions",
       {{"total", check.functions}, {"possible", check.possible}, {"likely", check.likely}}},
      {"sizes", {{"original", bytes}, {"after", measured}}},
      {"indirect_calls",
       {{"sites", refinement.sites},
        {"by_signature", refinement.bySignature},
        {"in_table", refinement.inTable},
        {"held", refinement.held},
        {"by_slot", refinement.bySlot},
        {"unrefined", refinement.unrefined.empty() ? Json(nullptr) : Json(refinement.unrefined)}}}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace asyncscope::check
