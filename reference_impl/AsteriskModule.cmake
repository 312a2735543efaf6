# sfa_asterisk_module(NAME SOURCES files... LIBS libraries...): one module for the Asterisk whose
# headers are installed. It can be unloaded again: nothing but what exports.map names is visible,
# and no symbol is unique in the process.
find_path(SFA_ASTERISK_INCLUDE asterisk.h)
set(SFA_ASTERISK_MODULES OFF)
if(SFA_ASTERISK_INCLUDE)
  set(SFA_ASTERISK_MODULES ON)
  # The headers do not tell their version.
  find_program(SFA_ASTERISK asterisk PATHS /usr/sbin)
  if(NOT SFA_ASTERISK_MAJOR AND SFA_ASTERISK)
    execute_process(COMMAND ${SFA_ASTERISK} -V OUTPUT_VARIABLE version)
    if(version MATCHES "Asterisk ([0-9]+)")
      set(SFA_ASTERISK_MAJOR ${CMAKE_MATCH_1})
    endif()
  endif()
  set(SFA_ASTERISK_MAJOR "${SFA_ASTERISK_MAJOR}" CACHE STRING "Asterisk's major version")
  if(NOT SFA_ASTERISK_MAJOR)
    message(FATAL_ERROR "Which Asterisk is this? Name it with -DSFA_ASTERISK_MAJOR=22")
  endif()
  if(EXISTS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/asterisk/modules)
    set(modules_directory /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/asterisk/modules)
  else()
    set(modules_directory /usr/lib/asterisk/modules)
  endif()
  set(SFA_ASTERISK_MODULE_DIR ${modules_directory} CACHE PATH "Where Asterisk looks for modules")
  message(STATUS "Modules for Asterisk ${SFA_ASTERISK_MAJOR}, to ${SFA_ASTERISK_MODULE_DIR}")
  # Code in static libraries ends up in the modules too.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>)
endif()

function(sfa_asterisk_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  set(exports ${CMAKE_CURRENT_SOURCE_DIR}/exports.map)
  add_library(${name}_module MODULE ${ARG_SOURCES})
  set_target_properties(${name}_module PROPERTIES
    PREFIX "" OUTPUT_NAME ${name} C_STANDARD 11 C_EXTENSIONS ON
    LINK_DEPENDS ${exports}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/modules)
  target_include_directories(${name}_module SYSTEM PRIVATE ${SFA_ASTERISK_INCLUDE})
  target_compile_definitions(${name}_module PRIVATE
    AST_MODULE="${name}" AST_MODULE_SELF_SYM=__internal_${name}_self
    SKYPE_ASTERISK_MAJOR=${SFA_ASTERISK_MAJOR})
  target_compile_options(${name}_module PRIVATE
    # Log lines name the file as those of Asterisk's own modules do.
    $<$<COMPILE_LANGUAGE:C>:-Wno-unused-parameter;-Wno-sign-compare;-fmacro-prefix-map=${CMAKE_CURRENT_SOURCE_DIR}/=>)
  target_link_libraries(${name}_module PRIVATE ${ARG_LIBS}
    -Wl,--version-script=${exports} -Wl,--exclude-libs,ALL)
  install(TARGETS ${name}_module LIBRARY DESTINATION ${SFA_ASTERISK_MODULE_DIR})
endfunction()
