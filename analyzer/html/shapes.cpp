#include "analyzer/html/shapes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzer/html/side_by_side.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::html {
namespace {

using analyzer::Cycle;
using analyzer::Frame;
using analyzer::Run;
using analyzer::Step;
using Json = nlohmann::ordered_json;

const char* fateName(Frame::Fate fate) {
  switch (fate) {
    case Frame::Fate::Saved:
      return "saved";
    case Frame::Fate::NotSaved:
      return "lost";
    case Frame::Fate::NotReached:
      return "unreached";
    case Frame::Fate::JavaScript:
      return "js";
  }
  return "";
}

// Everything that makes two cycles look different, as bytes.
class KeyWriter {
 public:
  template <class... T>
  void add(T... values) {
    (put(static_cast<std::uint64_t>(values)), ...);
  }
  void text(const std::string& value) {
    add(value.size());
    key_ += value;
  }
  std::string take() { return std::move(key_); }

 private:
  void put(std::uint64_t value) {
    while (value >= 0x80) {
      key_ += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    key_ += static_cast<char>(value);
  }
  std::string key_;
};

std::string keyOf(const Cycle& cycle) {
  const std::uint64_t start = cycle.startUnwind.position, sp = cycle.startUnwind.sp;
  const auto offset = [&](std::uint64_t value) {
    return value == 0 ? 0 : value - sp + 0x8000'0000u;
  };
  KeyWriter key;
  key.add(cycle.thread, cycle.instance, cycle.stackInferred, cycle.stopUnwind.has_value(),
          cycle.startRewind.has_value(), cycle.completed(), cycle.frames.size());
  if (cycle.stopRewind) key.add(offset(cycle.stopRewind->sp));
  for (const analyzer::EngineFrame& frame : cycle.stack) key.text(frame.name);
  for (const Frame& frame : cycle.frames) {
    key.add(frame.fate, frame.instance, frame.function, frame.site.value_or(0),
            frame.recordBegin - start + 1, frame.recordEnd - start + 1, offset(frame.sp));
    key.text(frame.text);
  }
  for (const Step& step : cycle.extra)
    key.add(step.function, step.position - start + 1, offset(step.sp));
  key.add(cycle.extra.size());
  for (const Step& step : cycle.rewind) {
    key.add(step.kind, step.instance, step.function, step.position - start + 1, offset(step.sp));
  }
  return key.take();
}

// The JavaScript through which the innermost frame came to suspend, innermost first.
std::string importText(const Cycle& cycle) {
  std::string text;
  for (const analyzer::EngineFrame& frame : cycle.stack) {
    if (frame.wasm && !text.empty()) break;  // before it stand the control functions
    if (frame.wasm || frame.name.empty()) continue;
    text += (text.empty() ? "" : " ← ") + frame.name;
  }
  return text;
}

std::int64_t relative(std::uint64_t value, std::uint64_t base) {
  return static_cast<std::int64_t>(value - base);
}

Json stepJson(const Cycle& cycle, const Step& step) {
  return Json{{"at", relative(step.position, cycle.startUnwind.position)},
              {"sp", relative(step.sp, cycle.startUnwind.sp)}};
}

}  // namespace

std::uint32_t Shapes::functionNumber(std::uint32_t thread, std::uint32_t instance,
                                     std::uint32_t function) {
  KeyWriter key;
  key.add(thread, instance, function);
  const auto [entry, isNew] =
      functionNumbers_.try_emplace(key.take(), static_cast<std::uint32_t>(functions_.size()));
  if (isNew) {
    const analyzer::FunctionRef ref = analyzer::functionRef(run_, thread, instance, function);
    const record::ModuleTable* module = run_.moduleOf(thread, instance);
    const record::FunctionEntry* known = module == nullptr ? nullptr : module->function(function);
    Json json{{"index", function}, {"name", ref.name}};
    if (known != nullptr) json["instrumented"] = known->instrumented;
    if (ref.file) json["file"] = *ref.file;
    if (ref.line) json["line"] = *ref.line;
    functions_.push_back(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return entry->second;
}

std::uint32_t Shapes::of(const Cycle& cycle) {
  std::string key = keyOf(cycle);
  if (const auto known = numbers_.find(key); known != numbers_.end()) return known->second;
  if (shapes_.size() >= kMostShapes) return 0;

  const std::uint64_t start = cycle.startUnwind.position, sp = cycle.startUnwind.sp;
  Json frames = Json::array();
  const std::size_t drawn = std::min(cycle.frames.size(), kMostFrames);
  for (std::size_t i = 0; i < drawn; ++i) {
    const Frame& frame = cycle.frames[i];
    Json json{{"fate", fateName(frame.fate)}};
    if (frame.fate == Frame::Fate::JavaScript) {
      json["text"] = frame.text;
    } else {
      json["fn"] = functionNumber(cycle.thread, frame.instance, frame.function);
      if (frame.site) {
        json["site"] = *frame.site;
        const record::ModuleTable* module = run_.moduleOf(cycle.thread, frame.instance);
        const record::SiteEntry* site =
            module == nullptr ? nullptr : module->site(frame.function, *frame.site);
        if (site != nullptr) {
          json["kind"] = analyzer::siteKindName(site->kind);
          json["guarded"] = site->guarded;
        }
      }
      if (frame.fate == Frame::Fate::Saved) {
        json["at"] = relative(frame.recordBegin, start);
        json["bytes"] = frame.recordEnd - frame.recordBegin;
      }
      if (frame.sp != 0) json["sp"] = relative(frame.sp, sp);
    }
    frames.push_back(std::move(json));
  }

  const SideBySide sides = compareHalves(run_, cycle);
  Json rows = Json::array();
  for (const Row& row : sides.rows) {
    if (rows.size() >= kMostFrames) break;
    Json json = Json::object();
    const Step* nameless = row.extra != nullptr ? row.extra : row.entered;
    if (row.frame) {
      json["frame"] = *row.frame;
    } else if (nameless != nullptr) {
      json["fn"] = functionNumber(cycle.thread, nameless->instance, nameless->function);
    }
    if (row.extra != nullptr) json["extra"] = stepJson(cycle, *row.extra);
    if (row.entered != nullptr) json["entered"] = stepJson(cycle, *row.entered);
    rows.push_back(std::move(json));
  }

  Json shape{{"frames", frames},
             {"more", cycle.frames.size() - drawn},
             {"inferred", cycle.stackInferred},
             {"import", importText(cycle)},
             {"rows", rows},
             {"rewound", cycle.startRewind.has_value()},
             {"completed", cycle.completed()}};
  if (sides.first) {
    shape["first"] = {{"row", sides.first->row},
                      {"side", sides.first->inRewind ? "rewind" : "unwind"},
                      {"text", sides.first->text}};
  }
  shapes_.push_back(shape.dump(-1, ' ', false, Json::error_handler_t::replace));
  const auto number = static_cast<std::uint32_t>(shapes_.size());
  numbers_.emplace(std::move(key), number);
  return number;
}

Json Shapes::shapesJson() const {
  Json list = Json::array();
  for (const std::string& shape : shapes_) list.push_back(Json::parse(shape));
  return list;
}

Json Shapes::functionsJson() const {
  Json list = Json::array();
  for (const std::string& function : functions_) list.push_back(Json::parse(function));
  return list;
}

}  // namespace asyncscope::html
