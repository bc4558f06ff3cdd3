# Makes the C++ source that holds the pages of docs/findings:
#   cmake -DFOLDER=… -DOUTPUT=… -P embed.cmake
include("${CMAKE_CURRENT_LIST_DIR}/../../cmake/Literal.cmake")

file(GLOB pages "${FOLDER}/*.md")
list(SORT pages)
set(texts "")
foreach(page IN LISTS pages)
  get_filename_component(code "${page}" NAME_WE)
  file(READ "${page}" text)
  if(NOT text MATCHES "^---\ncode: ${code}\n")
    message(FATAL_ERROR "${page}: a page begins with a line of ---, then code: ${code}")
  endif()
  literal("${text}" text)
  string(APPEND texts "    ${text},\n")
endforeach()

file(WRITE "${OUTPUT}" "// Made by embed.cmake from docs/findings. Do not edit.
#include \"analyzer/explain/page_texts.h\"

namespace asyncscope::explain {

const std::vector<std::string_view>& pageTexts() {
  static const std::vector<std::string_view> texts{
${texts}  };
  return texts;
}

}  // namespace asyncscope::explain
")
