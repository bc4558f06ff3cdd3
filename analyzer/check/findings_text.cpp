#include "analyzer/check/findings_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "analyzer/invariants/invariants.h"
#include "support/text.h"

namespace asyncscope::check {
namespace {

using analyzer::Harm;
using analyzer::Painter;
using Json = nlohmann::ordered_json;

std::string safe(std::string_view text) { return support::escaped(text); }

template <class T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json textOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json functionJson(const std::optional<analyzer::FunctionRef>& function) {
  if (!function) return nullptr;
  return Json{{"index", function->index}, {"name", textOrNull(function->name)}};
}

Json pathJson(const std::vector<PathStep>& path) {
  Json steps = Json::array();
  for (const PathStep& step : path) {
    steps.push_back(
        Json{{"function", step.function == wasm::kNoIndex ? Json(nullptr) : Json(step.function)},
             {"text", step.text},
             {"offset", orNull(step.offset)},
             {"kind", step.offset
                          ? Json(analyzer::siteKindName(static_cast<record::SiteKind>(step.kind)))
                          : Json(nullptr)},
             {"guarded", step.guarded}});
  }
  return steps;
}

}  // namespace

Json adviceJson(const analyzer::Advice& advice) {
  return Json{{"flags", advice.flags},
              {"wasm_opt", advice.wasmOpt},
              {"functions", advice.functions},
              {"text", textOrNull(advice.text)},
              {"verified", nullptr}};
}

Json findingJson(const StaticFinding& finding) {
  Json site = nullptr;
  if (finding.site) {
    site = Json{{"offset", finding.site->offset},
                {"kind", analyzer::siteKindName(finding.site->kind)}};
  }
  return Json{{"code", finding.code},
              {"phase", analyzer::phaseName(finding.phase)},
              {"reach", reachName(finding.reach)},
              {"harm", finding.costOnly ? "cost" : analyzer::harmName(finding.harm)},
              {"function", functionJson(finding.function)},
              {"site", site},
              {"cause", textOrNull(finding.cause)},
              {"consequence", textOrNull(finding.consequence)},
              {"explanation", finding.explanation},
              {"path", pathJson(finding.path)},
              {"advice", adviceJson(finding.advice)}};
}

std::string placeOf(const StaticFinding& finding) {
  if (!finding.function) return "";
  std::string text = analyzer::functionText(*finding.function);
  if (finding.site) {
    text += fmt::format(", {} at {:#x}", analyzer::siteKindName(finding.site->kind),
                        finding.site->offset);
  }
  return text;
}

std::string findingText(const StaticFinding& finding, const Painter& paint) {
  const std::string name =
      finding.harm == Harm::Breaks ? paint.red(finding.code) : paint.yellow(finding.code);
  std::string text = fmt::format(
      "  {} {}{}{}\n", name, finding.costOnly ? "cost" : analyzer::harmName(finding.harm),
      finding.reach == Reach::Certain ? "" : fmt::format(", {}", reachName(finding.reach)),
      finding.cause.empty() ? "" : ", cause " + finding.cause);
  text += "    " + safe(finding.explanation) + "\n";
  if (finding.path.empty() && !finding.advice.text.empty()) {
    text += "    " + safe(finding.advice.text) + "\n";
  }
  return text;
}

}  // namespace asyncscope::check
