# literal(TEXT OUT): TEXT as C++ raw string literals. A string literal may be limited to 64 KiB;
# pieces that stand side by side are joined.
include_guard(GLOBAL)
function(literal text out)
  set(result "")
  string(LENGTH "${text}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND result "\nR\"asyncscope(${piece})asyncscope\"")
    math(EXPR at "${at} + 8000")
  endwhile()
  set(${out} "${result}" PARENT_SCOPE)
endfunction()
