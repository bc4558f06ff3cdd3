// The JavaScript that Emscripten wrote beside a module: which imports suspend by what they do, and
// which call back into the module.
//
// Read as text, not as a program: the object that holds the imports, and the functions that it
// names. What is not found that way is not judged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/check/rules.h"

namespace asyncscope::check {

struct GlueImport {
  std::string name;                    // of the import, as the module has it
  bool suspends = false;               // calls Asyncify.handleSleep or handleAsync
  std::vector<std::string> callsBack;  // exports that its body, or an EM_ASM block, calls
};

struct Glue {
  std::vector<GlueImport> imports;  // those of either kind
  bool checksImports = false;       // has the assertion that blames imports
};

// Empty where the text has no such object.
Glue readGlue(std::string_view text);

// Findings from both: imports that suspend unlisted, JavaScript between suspended frames.
void addGlueFindings(const Glue& glue, const CheckInput& input, const SuspendGraph& graph,
                     Check& check);

}  // namespace asyncscope::check
