# asyncscope_test(NAME SOURCES file... [LIBRARIES target...] [DEPENDS target...])
#
# One GoogleTest program, registered with ctest under NAME. Tests run with the source and build
# roots in the environment, so that a test finds its data wherever the build folder is.
include_guard(GLOBAL)
function(asyncscope_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES;DEPENDS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gtest GTest::gmock GTest::gtest_main)
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT
    "ASYNCSCOPE_SOURCE_DIR=${PROJECT_SOURCE_DIR};ASYNCSCOPE_BINARY_DIR=${PROJECT_BINARY_DIR}")
endfunction()
