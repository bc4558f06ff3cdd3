#include "analyzer/check/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzer/check/findings_text.h"
#include "analyzer/check/jspi.h"
#include "analyzer/check/rules.h"
#include "analyzer/check/tree.h"
#include "analyzer/invariants/invariants.h"
#include "analyzer/report/painter.h"
#include "support/text.h"

namespace asyncscope::check {
namespace {

using analyzer::Harm;
using analyzer::Painter;
using Json = nlohmann::ordered_json;

std::string safe(std::string_view text) { return support::escaped(text); }

Json textOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string adviceText(const analyzer::Advice& advice, const Painter& paint) {
  std::string text;
  for (const std::string& flag : advice.flags) {
    text += fmt::format("  emcc      {}\n", paint.bold(safe(flag)));
  }
  for (const std::string& flag : advice.wasmOpt) {
    text += fmt::format("  wasm-opt  {}\n", paint.bold(safe(flag)));
  }
  if (!advice.text.empty()) text += fmt::format("  {}\n", safe(advice.text));
  if (text.empty()) return "";
  return "\nAdvice\n" + text +
         (advice.flags.empty()
              ? ""
              : "  unverified: add it to what the lists hold already, rebuild, and check again\n");
}

std::string moduleText(const Check& check) {
  const Counts& counts = check.counts;
  std::string text = fmt::format(
      "\nModule\n  {} functions: {} instrumented, {} may suspend{}\n"
      "  {} guarded sites, {} unguarded ones with a likely way to a suspend, {} with a possible "
      "one\n",
      counts.functions, counts.instrumented, counts.maySuspend,
      counts.runtime == 0 ? "" : fmt::format(", {} are the runtime", counts.runtime),
      counts.guardedSites, counts.openSites, counts.openPossibleSites);
  const Refinement& refinement = check.refinement;
  text += fmt::format(
      "  {} indirect calls; functions that they can lead to: {} by signature, {} in a table, {} "
      "whose "
      "index is held, {} by where it lies\n",
      refinement.sites, refinement.bySignature, refinement.inTable, refinement.held,
      refinement.bySlot);
  if (!refinement.unrefined.empty()) {
    text += "  indices are not looked at: " + refinement.unrefined + "\n";
  }
  text += "\nHow Asyncify was applied\n";
  for (const Inferred& entry : check.configuration) {
    std::string name = entry.name;
    std::replace(name.begin(), name.end(), '_', ' ');
    text += fmt::format("  {:<20} {} ({}: {})\n", name, safe(entry.value),
                        entry.certain ? "certain" : "likely", safe(entry.because));
  }
  return text;
}

std::string framesText(const CheckInput& input, const Check& check) {
  const FrameSizes& frames = check.frames;
  if (frames.largest.empty()) return "";
  constexpr std::size_t kShown = 5;
  std::string text = "\nFrames in the buffer\n  largest:";
  for (std::size_t i = 0; i < std::min(kShown, frames.largest.size()); ++i) {
    text += fmt::format("{} {} {} bytes", i == 0 ? "" : ",",
                        safe(nameOf(input, frames.largest[i].function)), frames.largest[i].bytes);
  }
  text += fmt::format("\n  deepest known way without recursion: {} frames, {} bytes of {}{}\n",
                      frames.deepest.size(), frames.deepestBytes, check.bufferSize,
                      check.bufferSizeKnown ? "" : " (assumed: Emscripten's default)");
  if (!frames.recursions.empty()) {
    text += fmt::format(
        "  recursion without a bound that the module shows: {}; the largest of {} functions, {} "
        "among them\n",
        frames.recursions.size(), frames.recursions[0].size(),
        safe(nameOf(input, frames.recursions[0][0])));
  }
  if (frames.unknown > 0) {
    text += fmt::format("  {} instrumented functions whose record was not recognised\n",
                        frames.unknown);
  }
  return text;
}

std::string jspiText(const CheckInput& input) {
  const std::vector<std::string> obstacles = jspiObstacles(input);
  std::string text = "\nJSPI instead of Asyncify\n";
  if (obstacles.empty()) return text + "  nothing in the module stands in the way\n";
  for (const std::string& obstacle : obstacles) text += "  in the way: " + safe(obstacle) + "\n";
  return text;
}

Json framesJson(const Check& check) {
  constexpr std::size_t kShown = 20;
  const auto list = [](const std::vector<FrameSize>& sizes, std::size_t most) {
    Json entries = Json::array();
    for (std::size_t i = 0; i < std::min(most, sizes.size()); ++i) {
      entries.push_back(Json{{"function", sizes[i].function}, {"bytes", sizes[i].bytes}});
    }
    return entries;
  };
  Json recursions = Json::array();
  for (std::size_t i = 0; i < std::min(kShown, check.frames.recursions.size()); ++i) {
    const auto& members = check.frames.recursions[i];
    const auto end =
        members.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, members.size()));
    recursions.push_back(Json{{"size", members.size()},
                              {"functions", std::vector<std::uint32_t>(members.begin(), end)}});
  }
  return Json{{"buffer_size", check.bufferSize},
              {"buffer_size_known", check.bufferSizeKnown},
              {"largest", list(check.frames.largest, kShown)},
              {"unknown", check.frames.unknown},
              {"deepest",
               {{"bytes", check.frames.deepestBytes},
                {"frames", list(check.frames.deepest, check.frames.deepest.size())}}},
              {"recursions", recursions},
              {"recursion_count", check.frames.recursions.size()}};
}

Json callsJson(const callgraph::Targets& targets) {
  Json calls = Json::array();
  for (const callgraph::TargetSite& site : targets.sites()) {
    const auto likely = targets.functions(site.likely);
    const auto possible = targets.functions(site.possible);
    calls.push_back(
        Json{{"function", site.function},
             {"offset", site.offset},
             {"import", site.import == wasm::kNoIndex ? Json(nullptr) : Json(site.import)},
             {"by_signature", site.bySignature},
             {"in_table", site.inTable},
             {"possible", std::vector<std::uint32_t>(possible.begin(), possible.end())},
             {"likely", std::vector<std::uint32_t>(likely.begin(), likely.end())}});
  }
  return calls;
}

}  // namespace

std::string sentenceOf(const Check& check) {
  std::size_t breaks = 0, latent = 0, possible = 0;
  for (const StaticFinding& finding : check.findings) {
    if (!counts(finding)) {
      possible += finding.costOnly ? 0 : 1;
      continue;
    }
    ++(finding.harm == Harm::Breaks ? breaks : latent);
  }
  if (breaks + latent > 0) {
    const StaticFinding& first = check.findings.front();
    const std::string where = placeOf(first);
    std::string text = breaks > 0 ? "A suspend can break this module" : "A latent fault";
    if (!where.empty()) text += " at " + where;
    text += ": " + first.code;
    if (breaks + latent > 1) text += fmt::format("; {} more", breaks + latent - 1);
    return text;
  }
  if (possible > 0) {
    return fmt::format(
        "Nothing found that breaks: {} unguarded call{} cannot be excluded by type alone.",
        possible, possible == 1 ? "" : "s");
  }
  if (check.counts.instrumented == 0 && !check.suspendIsKnown) {
    return "Not determined: Asyncify has instrumented no function, and nothing in the module says "
           "which import suspends.";
  }
  return "Nothing found: every call above which a suspend can stand is guarded.";
}

std::string textReport(const CheckInput& input, const Check& check, const ReportOptions& options) {
  const Painter paint(options.colour);
  std::vector<const StaticFinding*> harmful, possible, whole;
  for (const StaticFinding& finding : check.findings) {
    if (finding.path.empty()) {
      whole.push_back(&finding);
    } else {
      (counts(finding) ? harmful : possible).push_back(&finding);
    }
  }
  const bool found = std::any_of(check.findings.begin(), check.findings.end(), counts);
  const std::string sentence = safe(sentenceOf(check));
  std::string text = (found ? paint.bold(paint.red(sentence)) : paint.bold(sentence)) + "\n";
  const auto shown = [&](std::vector<const StaticFinding*> list) {
    list.resize(std::min(list.size(), options.most));
    return list;
  };
  if (!whole.empty()) {
    text += "\nFindings\n";
    for (const StaticFinding* finding : shown(whole)) text += findingText(*finding, paint);
    if (whole.size() > options.most)
      text += fmt::format("  … {} more\n", whole.size() - options.most);
  }
  if (!harmful.empty()) {
    text += "\nUnguarded calls that a suspend can go through, worst first\n";
    for (const StaticFinding* finding : shown(harmful)) text += findingText(*finding, paint);
    if (harmful.size() > options.most) {
      text += fmt::format("  … {} more\n", harmful.size() - options.most);
    }
    text += "\nThe ways there, from the import outward\n" + drawTree(shown(harmful), paint);
  }
  text += adviceText(check.advice, paint);
  if (!possible.empty()) {
    text += fmt::format(
        "\nNot excluded: {} unguarded call{} that lead to a suspend by type alone, nearest first\n",
        possible.size(), possible.size() == 1 ? "" : "s");
    const std::size_t most = std::min<std::size_t>(possible.size(), options.most / 4 + 1);
    for (std::size_t i = 0; i < most; ++i) {
      text += fmt::format("  {} ({})\n", safe(placeOf(*possible[i])), possible[i]->consequence);
    }
    if (possible.size() > most) text += fmt::format("  … {} more\n", possible.size() - most);
  }
  return text + moduleText(check) + framesText(input, check) + jspiText(input);
}

std::string jsonReport(const CheckInput& input, const Check& check, const std::string& file,
                       const ReportOptions& options) {
  Json findings = Json::array(), possible = Json::array();
  std::size_t left = 0;
  for (const StaticFinding& finding : check.findings) {
    if (counts(finding) || finding.costOnly) {
      findings.push_back(findingJson(finding));
    } else if (possible.size() < options.most) {
      possible.push_back(findingJson(finding));
    } else {
      ++left;
    }
  }
  const bool found = std::any_of(check.findings.begin(), check.findings.end(), counts);
  Json configuration = Json::object();
  for (const Inferred& entry : check.configuration) {
    configuration[entry.name] = {{"value", entry.value},
                                 {"certainty", entry.certain ? "certain" : "likely"},
                                 {"because", entry.because}};
  }
  const Counts& counts = check.counts;
  const Refinement& refinement = check.refinement;
  Json json{{"schema", kCheckSchema},
            {"file", file},
            {"asyncified", true},
            {"sentence", sentenceOf(check)},
            {"verdict", found ? findings.front() : Json(nullptr)},
            {"findings", findings},
            {"possible", possible},
            {"possible_more", left},
            {"advice", adviceJson(check.advice)},
            {"functions",
             {{"total", counts.functions},
              {"instrumented", counts.instrumented},
              {"may_suspend", counts.maySuspend},
              {"runtime", counts.runtime}}},
            {"sites",
             {{"guarded", counts.guardedSites},
              {"unguarded", counts.openSites},
              {"unguarded_possible", counts.openPossibleSites}}},
            {"indirect_calls",
             {{"sites", refinement.sites},
              {"by_signature", refinement.bySignature},
              {"in_table", refinement.inTable},
              {"held", refinement.held},
              {"by_slot", refinement.bySlot},
              {"unrefined", textOrNull(refinement.unrefined)}}},
            {"configuration", configuration},
            {"frames", framesJson(check)}};
  json["jspi"] = {{"obstacles", jspiObstacles(input)}};
  if (options.calls) json["calls"] = callsJson(input.targets);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace asyncscope::check
