// The correlation as text and as JSON: the edge, and the whole ranking.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "analyzer/correlate/edge.h"

namespace asyncscope::analyzer {

// null: nothing tells the runs apart. docs/json.md describes the keys.
nlohmann::ordered_json edgeJson(const Edge& edge);
// Indented lines; empty: nothing tells the runs apart.
std::string edgeText(const Edge& edge);

struct CorrelationTextOptions {
  bool colour = false;
  std::size_t rows = 20;  // of the ranking
};

// The edge of many runs and the ranking behind it; the first line is the edge.
std::string correlationText(const Summary& summary, CorrelationTextOptions options);
// Schema 1, described in docs/coverage.md.
std::string correlationJson(const Summary& summary);

}  // namespace asyncscope::analyzer
