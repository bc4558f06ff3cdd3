// What a search has seen so far, as text: one line of JSON for the question, then one for each
// build that was tried. A search that is asked the same question again takes its answers from
// there.
//
//   {"schema":2,"question":{"build":…,"runs":[…],"module":…}}
//   {"lists":{"functions":[…],"imports":[…],"bufferSize":0},"all":true,"tried":{…}}
//
// A last line that is cut (the tool was killed) is left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/fix/search.h"

namespace asyncscope::analyzer {

// What the answers depend on. `source` tells apart what the commands do not: the module that the
// build made before anything was added, or the input of --wasm.
struct FixQuestion {
  std::string build;
  std::vector<std::string> runs;
  std::string source;

  bool operator==(const FixQuestion&) const = default;
};

struct JournalEntry {
  Lists lists;
  Runs runs = Runs::All;
  Tried tried;
};

struct Journal {
  FixQuestion question;
  std::vector<JournalEntry> entries;

  // What was seen with these lists; an entry of all runs answers for fewer too.
  const Tried* find(const Lists& lists, Runs runs) const;
};

std::string journalHead(const FixQuestion& question);
std::string journalLine(const JournalEntry& entry);

// Nothing where the text is no journal of this version.
std::optional<Journal> readJournal(std::string_view text);

}  // namespace asyncscope::analyzer
