// SARIF 2.1.0 (OASIS): the findings of a diagnosis as results, for code review.
//
// A result stands in the wasm module, at the byte offset of the call, and at the source line where
// debug information gives one; the function is its logical location. The suspended stack of its
// cycle goes along as the result's stack. Harm sets the level: breaks is an error, else a warning.
// The fingerprint holds what stays the same from run to run: code, function, offset.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "analyzer/export/exporter.h"
#include "analyzer/invariants/invariants.h"
#include "analyzer/report/sentence.h"

namespace asyncscope::exports {
namespace {

using analyzer::Cycle;
using analyzer::Finding;
using analyzer::Frame;
using analyzer::Harm;
using analyzer::Run;
using Json = nlohmann::ordered_json;

// A relative reference as RFC 3986 has it: what is not unreserved is written as %XX.
std::string uri(std::string_view path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string text;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      text += c;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

// Modules that were compiled from bytes alone have no name; their hash tells them apart.
std::string moduleUri(const record::ModuleTable* module) {
  if (module == nullptr) return "module.wasm";
  return module->name.empty() ? fmt::format("module-{:016x}.wasm", module->hash)
                              : uri(module->name);
}

Json logicalLocation(const analyzer::FunctionRef& function) {
  return Json{
      {"name", function.name.empty() ? fmt::format("func[{}]", function.index) : function.name},
      {"fullyQualifiedName", analyzer::functionText(function)},
      {"kind", "function"}};
}

Json byteRegion(std::uint32_t offset) { return Json{{"byteOffset", offset}, {"byteLength", 1}}; }

Json locationOf(const Run& run, const Finding& finding) {
  const record::ModuleTable* module = run.moduleOf(finding.place.thread, finding.instance);
  Json physical{{"artifactLocation", {{"uri", moduleUri(module)}}}};
  if (finding.function && finding.function->file) {
    physical["artifactLocation"]["uri"] = uri(*finding.function->file);
    if (finding.function->line && *finding.function->line != 0) {
      physical["region"] = {{"startLine", *finding.function->line}};
    }
  } else if (finding.site) {
    physical["region"] = byteRegion(finding.site->offset);
  }
  Json location{{"physicalLocation", physical}};
  if (finding.function) location["logicalLocations"] = {logicalLocation(*finding.function)};
  return location;
}

Json stackFrame(const Run& run, const Cycle& cycle, const Frame& frame) {
  if (frame.fate == Frame::Fate::JavaScript) {
    return Json{{"location", {{"message", {{"text", "JS " + frame.text}}}}}};
  }
  const analyzer::FunctionRef function =
      analyzer::functionRef(run, cycle.thread, frame.instance, frame.function);
  const record::ModuleTable* module = run.moduleOf(cycle.thread, frame.instance);
  Json physical{{"artifactLocation", {{"uri", moduleUri(module)}}}};
  if (frame.site) physical["region"] = byteRegion(*frame.site);
  const bool saved = frame.fate == Frame::Fate::Saved;
  return Json{
      {"location",
       {{"physicalLocation", physical},
        {"logicalLocations", {logicalLocation(function)}},
        {"message",
         {{"text", saved ? fmt::format("saved {} bytes", frame.recordEnd - frame.recordBegin)
                         : std::string("no record")}}}}}};
}

Json stackOf(const Run& run, const Finding& finding) {
  const Cycle& cycle = run.cycles[finding.cycle - 1];
  Json frames = Json::array();
  for (const Frame& frame : cycle.frames) frames.push_back(stackFrame(run, cycle, frame));
  return Json{{"message", {{"text", fmt::format("at the suspend of cycle {}", cycle.number)}}},
              {"frames", frames}};
}

std::string messageOf(const Finding& finding) {
  std::string text = finding.explanation;
  if (!finding.symptom.empty()) text += " What followed: " + finding.symptom;
  for (const std::string& flag : finding.advice.flags) text += "\nTo mend it: " + flag;
  if (!finding.advice.text.empty()) text += "\n" + finding.advice.text;
  return text;
}

Json resultOf(const Run& run, const Finding& finding, std::size_t rule) {
  const std::string place = fmt::format(
      "{}:{}:{}", finding.code, finding.function ? finding.function->index : record::kNoIndex,
      finding.site ? finding.site->offset : 0);
  Json result{{"ruleId", finding.code},
              {"ruleIndex", rule},
              {"level", finding.harm == Harm::Breaks ? "error" : "warning"},
              {"message", {{"text", messageOf(finding)}}},
              {"locations", {locationOf(run, finding)}},
              {"partialFingerprints", {{"asyncscopePlace/v1", place}}},
              {"occurrenceCount", finding.cyclesAffected},
              {"properties",
               {{"phase", analyzer::phaseName(finding.phase)},
                {"cycle", finding.cycle},
                {"certainty", analyzer::certaintyName(finding.certainty)},
                {"harm", analyzer::harmName(finding.harm)},
                {"flags", finding.advice.flags}}}};
  if (finding.cycle != 0 && finding.cycle <= run.cycles.size()) {
    result["stacks"] = {stackOf(run, finding)};
  }
  return result;
}

}  // namespace

void writeSarif(const Input& input, const Sink& sink) {
  Json rules = Json::array(), results = Json::array();
  std::map<std::string, std::size_t> ruleOf;
  for (const Finding& finding : input.diagnosis.findings) {
    const auto [entry, isNew] = ruleOf.try_emplace(finding.code, rules.size());
    if (isNew) {
      rules.push_back(
          Json{{"id", finding.code}, {"properties", {{"invariant", finding.invariant}}}});
    }
    results.push_back(resultOf(input.run, finding, entry->second));
  }
  const std::string sentence = analyzer::verdictSentence(input.run, input.diagnosis);
  const Json driver{{"name", "asyncscope"}, {"version", input.version}, {"rules", rules}};
  const Json run{{"tool", {{"driver", driver}}},
                 {"results", results},
                 {"columnKind", "utf16CodeUnits"},
                 {"properties", {{"sentence", sentence}, {"trace", input.run.file}}}};
  const Json log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                 {"version", "2.1.0"},
                 {"runs", {run}}};
  sink(log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace asyncscope::exports
