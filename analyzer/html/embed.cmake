# Makes the C++ source that holds the page:
#   cmake -DFOLDER=… -DOUTPUT=… -DSCRIPTS="a.js,b.js" -P embed.cmake
#
# The scripts become one module, in the order given. A policy names style and script by their SHA-256
# in base64, and CMake has it only in hexadecimal: six of its digits are four of base64.
function(base64_of_hex hex out)
  set(digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(text "")
  foreach(at RANGE 0 54 6)
    string(SUBSTRING "${hex}" ${at} 6 group)
    foreach(shift 18 12 6 0)
      math(EXPR digit "(0x${group} >> ${shift}) & 63")
      string(SUBSTRING "${digits}" ${digit} 1 character)
      string(APPEND text "${character}")
    endforeach()
  endforeach()
  string(SUBSTRING "${hex}" 60 4 group)  # the last two of 32 bytes
  foreach(shift 10 4)
    math(EXPR digit "(0x${group} >> ${shift}) & 63")
    string(SUBSTRING "${digits}" ${digit} 1 character)
    string(APPEND text "${character}")
  endforeach()
  math(EXPR digit "(0x${group} << 2) & 63")
  string(SUBSTRING "${digits}" ${digit} 1 character)
  set(${out} "${text}${character}=" PARENT_SCOPE)
endfunction()

file(READ "${FOLDER}/report.html" page)
file(READ "${FOLDER}/report.css" style)
set(script "")
string(REPLACE "," ";" scripts "${SCRIPTS}")
foreach(name IN LISTS scripts)
  file(READ "${FOLDER}/${name}" part)
  string(APPEND script "${part}\n")
endforeach()

string(SHA256 style_hash "${style}")
string(SHA256 script_hash "${script}")
base64_of_hex(${style_hash} style_hash)
base64_of_hex(${script_hash} script_hash)

include("${CMAKE_CURRENT_LIST_DIR}/../../cmake/Literal.cmake")
literal("${page}" page)
literal("${style}" style)
literal("${script}" script)

file(WRITE "${OUTPUT}" "// Made by embed.cmake from analyzer/html. Do not edit.
#include \"analyzer/html/page_parts.h\"

namespace asyncscope::html {

const std::string_view kPageTemplate = ${page};
const std::string_view kPageStyle = ${style};
const std::string_view kPageScript = ${script};
const std::string_view kPageStyleHash = \"${style_hash}\";
const std::string_view kPageScriptHash = \"${script_hash}\";

}  // namespace asyncscope::html
")
