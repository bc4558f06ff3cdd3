// The parts of the page, made from report.html, report.css and the scripts by embed.cmake.
#pragma once

#include <string_view>

namespace asyncscope::html {

extern const std::string_view kPageTemplate;  // with {{name}} where a part goes
extern const std::string_view kPageStyle, kPageScript;
// SHA-256 of the two, in base64, as a Content-Security-Policy names them.
extern const std::string_view kPageStyleHash, kPageScriptHash;

}  // namespace asyncscope::html
