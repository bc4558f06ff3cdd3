#include "analyzer/export/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::exports {

using analyzer::Cycle;
using analyzer::Frame;
using analyzer::Step;

std::string jsonString(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

const std::string& FrameNames::of(std::uint32_t thread, std::uint32_t instance,
                                  std::uint32_t function) {
  const auto [entry, isNew] = functions_.try_emplace({thread, instance, function});
  if (isNew) {
    entry->second =
        jsonString(analyzer::functionText(analyzer::functionRef(run_, thread, instance, function)));
  }
  return entry->second;
}

const std::string& FrameNames::of(std::uint32_t thread, const Frame& frame) {
  if (frame.fate != Frame::Fate::JavaScript) return of(thread, frame.instance, frame.function);
  const auto [entry, isNew] = scripts_.try_emplace(frame.text);
  if (isNew) entry->second = jsonString("JS " + frame.text);
  return entry->second;
}

BlockWriter::~BlockWriter() {
  if (!block_.empty()) sink_(block_);
}

BlockWriter& BlockWriter::operator<<(std::string_view text) {
  constexpr std::size_t kBlock = 1 << 16;
  block_ += text;
  if (block_.size() >= kBlock) {
    sink_(block_);
    block_.clear();
  }
  return *this;
}

const char* fateName(Frame::Fate fate) {
  switch (fate) {
    case Frame::Fate::Saved:
      return "saved";
    case Frame::Fate::NotSaved:
      return "not saved";
    case Frame::Fate::NotReached:
      return "not reached";
    case Frame::Fate::JavaScript:
      return "javascript";
  }
  return "";
}

const char* stepName(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::Saved:
      return "saved";
    case Step::Kind::Passed:
      return "passed";
    case Step::Kind::Left:
      return "left";
    case Step::Kind::Entered:
      return "entered";
  }
  return "";
}

}  // namespace asyncscope::exports
