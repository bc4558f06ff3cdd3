# The WebAssembly variants: every source is compiled once, then linked once per variant.
#
# Each variant lands in <build>/interp/wasm/<variant>/interp.{js,wasm}. The flags are those of the
# original port: ASYNCIFY_IGNORE_INDIRECT=1 and ASYNCIFY_IMPORTS of invoke_* and emscripten_sleep;
# what a variant adds is in its line below. See README.md for what each one shows.

find_program(EMXX NAMES em++)
find_program(NODE NAMES node nodejs)
set(interp_wasm_dir ${CMAKE_BINARY_DIR}/interp/wasm CACHE INTERNAL "")
set(interp_object_dir ${CMAKE_CURRENT_BINARY_DIR}/wasm-objects)
set(interp_env ${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs)

set(interp_compile_flags -std=c++20 -O2 -g2 -fno-exceptions -fno-rtti -D_GNU_SOURCE
    -Wall -Wextra -I${CMAKE_CURRENT_SOURCE_DIR})

# Compiles one source; the object's path is returned in `out`.
function(interp_wasm_object source name out)
  set(object ${interp_object_dir}/${name}.o)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${interp_object_dir}
    COMMAND ${interp_env} ${EMXX} ${interp_compile_flags} ${ARGN} -MD -MF ${object}.d -c ${source} -o ${object}
    DEPENDS ${source}
    DEPFILE ${object}.d
    COMMENT "em++ ${name}"
    VERBATIM)
  set(${out} ${object} PARENT_SCOPE)
endfunction()

set(interp_wasm_objects "")
foreach(source IN LISTS interp_sources)
  get_filename_component(stem ${source} NAME_WE)
  interp_wasm_object(${source} ${stem} object)
  list(APPEND interp_wasm_objects ${object})
endforeach()
foreach(approach 1 2 3 4)
  interp_wasm_object(${CMAKE_CURRENT_SOURCE_DIR}/port/port_wasm.cpp port_wasm_${approach} object
                     -DPORT_APPROACH=${approach})
  set(interp_port_object_${approach} ${object})
endforeach()

set(interp_exports
    "_py_init,_py_run_source,_port_set_policy,_port_set_hook_interval,_port_set_virtual_step,\
_port_yields,_port_hooks,_port_sleeps,_port_virtual_ms,_port_reset_counters_,_port_yield_from_js,\
_malloc,_free")
string(REPLACE "_port_reset_counters_," "" interp_exports "${interp_exports}")

set(interp_link_flags
    -O2 -g2 --js-library ${CMAKE_CURRENT_SOURCE_DIR}/port/library_port.js
    -sMODULARIZE=1 -sEXPORT_NAME=createInterp -sENVIRONMENT=node,web,worker
    -sALLOW_MEMORY_GROWTH=0 -sINITIAL_MEMORY=33554432 -sEXIT_RUNTIME=0 -sFILESYSTEM=0
    -sEXPORTED_FUNCTIONS=${interp_exports} -sEXPORTED_RUNTIME_METHODS=ccall
    -sNODEJS_CATCH_EXIT=0 -sNODEJS_CATCH_REJECTION=0
    -sINCOMING_MODULE_JS_API=wasmBinary,print,printErr,onAbort,locateFile,instantiateWasm
    -sASYNCIFY=1)
set(interp_ignore -sASYNCIFY_IGNORE_INDIRECT=1)

# interp_variant(name approach assertions flags...)
function(interp_variant name approach assertions)
  set(dir ${interp_wasm_dir}/${name})
  add_custom_command(
    OUTPUT ${dir}/interp.js ${dir}/interp.wasm
    COMMAND ${CMAKE_COMMAND} -E make_directory ${dir}
    COMMAND ${interp_env} ${EMXX} ${interp_wasm_objects} ${interp_port_object_${approach}}
            ${interp_link_flags} -sASSERTIONS=${assertions} ${ARGN} -o ${dir}/interp.js
    DEPENDS ${interp_wasm_objects} ${interp_port_object_${approach}}
            ${CMAKE_CURRENT_SOURCE_DIR}/port/library_port.js ${CMAKE_CURRENT_SOURCE_DIR}/wasm.cmake
    COMMENT "linking variant ${name}"
    VERBATIM)
  # What link.mjs needs to make the same variant with more flags.
  list(JOIN interp_wasm_objects "\n" objects)
  list(JOIN interp_link_flags "\n" flags)
  list(JOIN ARGN "\n" more)
  file(WRITE ${dir}/link.txt
    "${objects}\n${interp_port_object_${approach}}\n${flags}\n-sASSERTIONS=${assertions}\n${more}\n")
  set_property(GLOBAL APPEND PROPERTY interp_variant_files ${dir}/interp.wasm)
endfunction()

# Emscripten 3.1.6 compares the names literally in the assertion of its glue, so that with assertions
# every suspend below an invoke would be reported as an error of the invoke_* that is listed. The
# names that this program uses are therefore listed beside the wildcard; it changes nothing else.
set(interp_import_list "\"invoke_*\",\"invoke_vi\",\"invoke_ii\",\"emscripten_sleep\"")
set(interp_imports "-sASYNCIFY_IMPORTS=[${interp_import_list}]")
set(interp_imports_hook "-sASYNCIFY_IMPORTS=[${interp_import_list},\"js_hook\"]")
set(interp_imports_yield "-sASYNCIFY_IMPORTS=[${interp_import_list},\"js_yield\"]")

# What the mended variants add: the functions that hold an indirect call which can suspend.
file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/port/mended-add.txt interp_add_lines REGEX "^[^#]")
list(JOIN interp_add_lines "\",\"" interp_add)
set(interp_add "-sASYNCIFY_ADD=[\"${interp_add}\"]")

foreach(assertions 0 1)
  if(assertions)
    set(suffix asserts)
  else()
    set(suffix noasserts)
  endif()
  interp_variant(approach1-${suffix} 1 ${assertions} ${interp_ignore} ${interp_imports})
  interp_variant(approach2-${suffix} 2 ${assertions} ${interp_ignore} ${interp_imports})
  interp_variant(approach3-${suffix} 3 ${assertions} ${interp_ignore} ${interp_imports_hook})
  interp_variant(approach4-${suffix} 4 ${assertions} ${interp_ignore} ${interp_imports})
endforeach()
interp_variant(mended1 1 0 ${interp_ignore} ${interp_imports_yield} ${interp_add})
interp_variant(mended4 4 0 ${interp_ignore} ${interp_imports} ${interp_add})
interp_variant(full 4 0 ${interp_imports})
# The same with a larger Asyncify buffer, for programs that suspend in deep recursion.
interp_variant(mended4-deep 4 0 ${interp_ignore} ${interp_imports} ${interp_add} -sASYNCIFY_STACK_SIZE=262144)
interp_variant(full-deep 4 0 ${interp_imports} -sASYNCIFY_STACK_SIZE=262144)

get_property(interp_files GLOBAL PROPERTY interp_variant_files)
add_custom_target(interp-wasm ALL DEPENDS ${interp_files})
