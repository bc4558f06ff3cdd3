#include "analyzer/fix/lists.h"

#include <algorithm>

#include "analyzer/advice/spelling.h"

namespace asyncscope::analyzer {
namespace {

void addMissing(std::vector<std::string>& names, const std::vector<std::string>& more) {
  for (const std::string& name : more) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
}

}  // namespace

Lists united(Lists lists, const Lists& more) {
  addMissing(lists.functions, more.functions);
  addMissing(lists.imports, more.imports);
  lists.bufferSize = std::max(lists.bufferSize, more.bufferSize);
  return lists;
}

Lists without(Lists lists, const std::string& function) {
  std::erase(lists.functions, function);
  return lists;
}

Advice flagsOf(const Lists& lists) {
  Needs needs;
  needs.functions = lists.functions;
  needs.imports = lists.imports;
  needs.bufferSize = lists.bufferSize;
  return spell(needs);
}

}  // namespace asyncscope::analyzer
