// A page of docs/findings: what is said of one finding code. The page is the only source; the index
// docs/findings.md, the command and the tests are made from its front matter, which looks like
// this:
//
//   ---
//   code: asyncify-stack-overflow
//   rank: 200                          order in lists: the common before the rare, in its group
//   title: The records do not fit ...
//   group: Buffer
//   phase: unwind
//   invariant: 3                       or "-": none of the twelve
//   case: asyncify-stack-overflow/O1   the program that shows it; or "none"
//   messages:                          what an engine or a tool prints; message.h has the form
//     - "RuntimeError: unreachable"
//   symptoms:                          what is seen, in words
//     - "..."
//   apart: what tells it from others with the same message
//   mends: what mends it, in a line
//   ---
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace asyncscope::explain {

struct Page {
  std::string code, title, group, phase, invariant, example, apart, mends;
  int rank = 0;
  std::vector<std::string> messages, symptoms;
  std::string body;  // markdown, behind the front matter
};

// Reads a page. What is missing stays empty: the tests see to it that nothing is.
Page readPage(std::string_view text);

// All of them, by rank.
const std::vector<Page>& pages();

// Null: there is no such page.
const Page* findPage(std::string_view code);

// The codes that are most like this one, nearest first; at most `count`.
std::vector<const Page*> nearestPages(std::string_view code, std::size_t count = 5);

}  // namespace asyncscope::explain
