// From what a person saw to the failure modes that can show so.
//
// A message pattern of a page is text as V8 and Emscripten print it. In it, `*` stands for anything
// within a line, and ` … ` for anything up to a later place, in this line or below: a trap, and a
// frame of its stack. Case and blanks do not matter, and a word matches whole words only. What
// stands around it (function names, addresses, `Uncaught (in promise)`, `Aborted(...)`) is ignored.
//
// Symptoms are descriptions in words, and are compared by the words that they share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/explain/page.h"

namespace asyncscope::explain {

struct Match {
  const Page* page = nullptr;
  std::string pattern;     // what it was known by: a message, a symptom, or the code itself
  bool isSymptom = false;  // by its words only
  std::size_t weight = 0;  // the more of the text is accounted for, the more
};

// The most specific first; those that fit alike in the order of their ranks. Empty: the text is
// like nothing that the pages know.
std::vector<Match> matchMessage(std::string_view text);

// Whether the text, made plain by normalised(), shows the pattern.
bool shows(std::string_view normalisedText, std::string_view pattern);

// From 0 to 1: how many of their words two descriptions share (the cosine of their sets of words).
double likeness(std::string_view a, std::string_view b);

}  // namespace asyncscope::explain
