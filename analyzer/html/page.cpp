#include "analyzer/html/page.h"

#include <fmt/format.h>

#include "analyzer/html/page_parts.h"
#include "analyzer/report/sentence.h"
#include "support/text.h"

namespace asyncscope::html {
namespace {

std::string escapedForHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string policy() {
  return fmt::format(
      "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; "
      "form-action 'none'",
      kPageScriptHash, kPageStyleHash);
}

}  // namespace

std::string reportPage(const ReportInput& input) {
  const std::string sentence =
      escapedForHtml(support::escaped(analyzer::verdictSentence(input.run, input.diagnosis)));
  std::string flags;
  if (input.diagnosis.verdict) {
    for (const std::string& flag : input.diagnosis.verdict->advice.flags) {
      flags += "<pre>" + escapedForHtml(support::escaped(flag)) + "</pre>";
    }
  }
  const auto part = [&](std::string_view name) -> std::string {
    if (name == "policy") return policy();
    if (name == "sentence") return sentence;
    if (name == "flags") return flags;
    if (name == "style") return std::string(kPageStyle);
    if (name == "script") return std::string(kPageScript);
    return pageData(input);
  };
  // The template is walked once; what is put in is never looked at again.
  std::string page;
  std::string_view rest = kPageTemplate;
  for (std::size_t open = rest.find("{{"); open != std::string_view::npos; open = rest.find("{{")) {
    const std::size_t close = rest.find("}}", open);
    page += rest.substr(0, open);
    page += part(rest.substr(open + 2, close - open - 2));
    rest.remove_prefix(close + 2);
  }
  page += rest;
  return page;
}

}  // namespace asyncscope::html
