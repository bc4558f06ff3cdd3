// SARIF 2.1.0 (OASIS): the findings of `check` as results, for code review. A result stands in the
// module at the byte offset of the call; the way from the import to it goes along as its code flow.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "analyzer/check/report.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::check {
namespace {

using analyzer::Harm;
using Json = nlohmann::ordered_json;

// A relative reference as RFC 3986 has it: what is not unreserved is written as %XX.
std::string uri(std::string_view path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string text;
  for (const char c : path) {
    text += kPlain.find(c) != std::string_view::npos
                ? std::string(1, c)
                : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return text;
}

Json physical(const std::string& file, std::optional<std::uint32_t> offset) {
  Json location{{"artifactLocation", {{"uri", uri(file)}}}};
  if (offset) location["region"] = {{"byteOffset", *offset}, {"byteLength", 1}};
  return location;
}

Json flowOf(const StaticFinding& finding, const std::string& file) {
  Json steps = Json::array();
  for (const PathStep& step : finding.path) {
    steps.push_back(Json{
        {"location",
         {{"physicalLocation", physical(file, step.offset)}, {"message", {{"text", step.text}}}}}});
  }
  return Json{{"threadFlows", {{{"locations", steps}}}}};
}

Json resultOf(const StaticFinding& finding, std::size_t rule, const std::string& file) {
  std::string text = finding.explanation;
  for (const std::string& flag : finding.advice.flags) text += "\nTo mend it: " + flag;
  if (!finding.advice.text.empty()) text += "\n" + finding.advice.text;
  std::optional<std::uint32_t> offset;
  if (finding.site) offset = finding.site->offset;
  Json location{{"physicalLocation", physical(file, offset)}};
  if (finding.function) {
    location["logicalLocations"] = {
        {{"fullyQualifiedName", analyzer::functionText(*finding.function)}, {"kind", "function"}}};
  }
  const char* level = finding.costOnly               ? "note"
                      : finding.harm == Harm::Breaks ? "error"
                                                     : "warning";
  Json result{{"ruleId", finding.code},
              {"ruleIndex", rule},
              {"level", level},
              {"message", {{"text", text}}},
              {"locations", {location}},
              {"partialFingerprints",
               {{"asyncscopePlace/v1",
                 fmt::format("{}:{}:{}", finding.code,
                             finding.function ? finding.function->index : wasm::kNoIndex,
                             offset.value_or(0))}}}};
  if (!finding.path.empty()) result["codeFlows"] = {flowOf(finding, file)};
  return result;
}

}  // namespace

std::string sarifReport(const std::vector<StaticFinding>& findings, const std::string& file,
                        const std::string& version) {
  Json rules = Json::array(), results = Json::array();
  std::map<std::string, std::size_t> ruleOf;
  for (const StaticFinding& finding : findings) {
    if (!counts(finding) && !finding.costOnly) continue;
    const auto [entry, isNew] = ruleOf.try_emplace(finding.code, rules.size());
    if (isNew) rules.push_back(Json{{"id", finding.code}});
    results.push_back(resultOf(finding, entry->second, file));
  }
  const Json driver{{"name", "asyncscope"}, {"version", version}, {"rules", rules}};
  const Json sarif{{"$schema",
                    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                    "sarif-schema-2.1.0.json"},
                   {"version", "2.1.0"},
                   {"runs", {{{"tool", {{"driver", driver}}}, {"results", results}}}}};
  return sarif.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace asyncscope::check
