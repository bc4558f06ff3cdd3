// What `asyncscope explain` says: a page, the list of all, or the failure modes behind a message;
// each as text and as JSON (docs/json.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/explain/message.h"
#include "analyzer/explain/page.h"

namespace asyncscope::explain {

inline constexpr int kExplainSchema = 1;

struct TextStyle {
  bool colour = false;
};

// The first paragraph of a page, without markdown.
std::string leadText(const Page& page);

std::string pageText(const Page& page, TextStyle style);
std::string listText(TextStyle style);
std::string matchesText(std::string_view message, const std::vector<Match>& matches,
                        TextStyle style);

std::string pageJson(const Page& page);
std::string listJson();
std::string matchesJson(std::string_view message, const std::vector<Match>& matches);

}  // namespace asyncscope::explain
