#include "analyzer/fix/journal.h"

#include <nlohmann/json.hpp>

namespace asyncscope::analyzer {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 2;

Json toJson(const Lists& lists) {
  return {
      {"functions", lists.functions}, {"imports", lists.imports}, {"bufferSize", lists.bufferSize}};
}

Lists listsOf(const Json& json) {
  return {json.at("functions").get<std::vector<std::string>>(),
          json.at("imports").get<std::vector<std::string>>(),
          json.at("bufferSize").get<std::uint64_t>()};
}

Json toJson(const Exercised& exercised) {
  Json never = Json::array();
  for (const UnexercisedSite& site : exercised.never) {
    never.push_back({{"function", site.function}, {"site", site.site}, {"guarded", site.guarded}});
  }
  return {{"sites", exercised.sites},
          {"exercised", exercised.exercised},
          {"neverCount", exercised.neverCount},
          {"neverUnguarded", exercised.neverUnguarded},
          {"never", std::move(never)}};
}

Exercised exercisedOf(const Json& json) {
  Exercised exercised;
  exercised.sites = json.at("sites");
  exercised.exercised = json.at("exercised");
  exercised.neverCount = json.at("neverCount");
  exercised.neverUnguarded = json.at("neverUnguarded");
  for (const Json& site : json.at("never")) {
    exercised.never.push_back({site.at("function"), site.at("site"), site.at("guarded")});
  }
  return exercised;
}

Json toJson(const Tried& tried) {
  Json runs = Json::array();
  for (const TriedRun& run : tried.runs) {
    runs.push_back({{"command", run.command},
                    {"passed", run.passed},
                    {"why", run.why},
                    {"code", run.code},
                    {"caveat", run.caveat},
                    {"cycles", run.cycles},
                    {"completed", run.completed},
                    {"seconds", run.seconds ? Json(*run.seconds) : Json(nullptr)}});
  }
  return {{"buildError", tried.buildError},   {"moduleBytes", tried.moduleBytes},
          {"runs", std::move(runs)},          {"asked", toJson(tried.asked)},
          {"beyondFlags", tried.beyondFlags}, {"exercised", toJson(tried.exercised)}};
}

Tried triedOf(const Json& json) {
  Tried tried;
  tried.buildError = json.at("buildError");
  tried.moduleBytes = json.at("moduleBytes");
  for (const Json& run : json.at("runs")) {
    tried.runs.push_back({run.at("command"), run.at("passed"), run.at("why"), run.at("code"),
                          run.at("caveat"), run.at("cycles"), run.at("completed"), std::nullopt});
    if (const Json& seconds = run.at("seconds"); !seconds.is_null()) {
      tried.runs.back().seconds = seconds.get<double>();
    }
  }
  tried.asked = listsOf(json.at("asked"));
  tried.beyondFlags = json.at("beyondFlags").get<std::vector<std::string>>();
  tried.exercised = exercisedOf(json.at("exercised"));
  return tried;
}

// Names come from the program: what is not UTF-8 is replaced, for JSON cannot hold it.
std::string line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

const Tried* Journal::find(const Lists& lists, Runs runs) const {
  for (const JournalEntry& entry : entries) {
    if (entry.lists != lists) continue;
    if (entry.runs == runs || entry.runs == Runs::All) return &entry.tried;
  }
  return nullptr;
}

std::string journalHead(const FixQuestion& question) {
  return line(
      {{"schema", kSchema},
       {"question",
        {{"build", question.build}, {"runs", question.runs}, {"source", question.source}}}});
}

std::string journalLine(const JournalEntry& entry) {
  return line({{"lists", toJson(entry.lists)},
               {"all", entry.runs == Runs::All},
               {"tried", toJson(entry.tried)}});
}

std::optional<Journal> readJournal(std::string_view text) {
  std::optional<Journal> journal;
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return journal;
    try {
      const Json json = Json::parse(text.substr(0, end));
      if (!journal) {
        if (json.at("schema") != kSchema) return std::nullopt;
        const Json& question = json.at("question");
        journal =
            Journal{{question.at("build"), question.at("runs").get<std::vector<std::string>>(),
                     question.at("source")},
                    {}};
      } else {
        journal->entries.push_back({listsOf(json.at("lists")),
                                    json.at("all").get<bool>() ? Runs::All : Runs::UntilOneFails,
                                    triedOf(json.at("tried"))});
      }
    } catch (const Json::exception&) {
      return journal;  // edited by hand, or cut: what stands before it holds
    }
    text.remove_prefix(end + 1);
  }
}

}  // namespace asyncscope::analyzer
