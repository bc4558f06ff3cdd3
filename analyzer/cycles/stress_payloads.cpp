#include "analyzer/cycles/stress_payloads.h"

#include <nlohmann/json.hpp>

namespace asyncscope::analyzer {
namespace {

using nlohmann::json;

constexpr std::uint32_t kUnwinding = 1;

std::uint64_t number(const json& object, const char* key) {
  const auto found = object.find(key);
  const bool there = found != object.end() && found->is_number_unsigned();
  return there ? found->get<std::uint64_t>() : std::uint64_t{0};
}

std::uint32_t small(const json& object, const char* key) {
  return static_cast<std::uint32_t>(number(object, key));
}

std::string string(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<json> objects(const json& object, const char* key) {
  std::vector<json> all;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return all;
  for (const json& each : *found) {
    if (each.is_object()) all.push_back(each);
  }
  return all;
}

}  // namespace

StressCounts readStressCounts(std::uint32_t thread, std::string_view text) {
  StressCounts counts;
  counts.thread = thread;
  const json all = json::parse(text, nullptr, false);
  if (!all.is_object()) return counts;
  counts.schedule = string(all, "schedule");
  counts.opportunities = number(all, "opportunities");
  counts.trips = number(all, "trips");
  counts.lost = number(all, "lost");
  for (const json& left : objects(all, "left")) {
    counts.left.push_back({small(left, "instance"), small(left, "import"), small(left, "obstacle"),
                           number(left, "count")});
  }
  for (const json& memory : objects(all, "memories")) {
    counts.memories.push_back(
        {small(memory, "instance"), small(memory, "hash"), number(memory, "bytes")});
  }
  return counts;
}

OracleChange readOracleChange(EventPlace place, std::string_view text) {
  OracleChange change;
  change.place = place;
  const json all = json::parse(text, nullptr, false);
  if (!all.is_object()) return change;
  const std::string what = string(all, "what");
  change.what = what == "global"  ? OracleChange::What::Global
                : what == "table" ? OracleChange::What::Table
                                  : OracleChange::What::Memory;
  change.phase = number(all, "state") == kUnwinding ? Phase::Unwind : Phase::Rewind;
  change.address = number(all, "address");
  change.bytes = number(all, "bytes");
  change.index = small(all, "index");
  change.before = string(all, "before");
  change.after = string(all, "after");
  change.inData = all.contains("segment");
  change.stackBase = number(all, "stack");
  return change;
}

}  // namespace asyncscope::analyzer
