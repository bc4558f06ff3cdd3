// The report: one HTML file that needs nothing else, neither network nor server.
//
// Guarantees: every string of the program goes into the page as data, never as markup; the page's
// own policy (Content-Security-Policy) lets run and style nothing but the two parts that were built
// into this program, each named by its hash; nothing can be loaded or sent.
#pragma once

#include <string>

#include "analyzer/html/page_data.h"

namespace asyncscope::html {

std::string reportPage(const ReportInput& input);

}  // namespace asyncscope::html
