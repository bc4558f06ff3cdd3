// A finding of `check` as lines of text and as a JSON object.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "analyzer/check/check.h"
#include "analyzer/report/painter.h"

namespace asyncscope::check {

// "main (func[12]), call_indirect at 0x1234"; "" for what has no place.
std::string placeOf(const StaticFinding& finding);
std::string findingText(const StaticFinding& finding, const analyzer::Painter& paint);
nlohmann::ordered_json findingJson(const StaticFinding& finding);
nlohmann::ordered_json adviceJson(const analyzer::Advice& advice);

}  // namespace asyncscope::check
