# sfa_test(NAME sources... LIBS libraries... [RAPIDCHECK settings...])
# One GoogleTest program, one entry in ctest. RAPIDCHECK: such as max_success=400.
#
# RapidCheck draws the same values every time: a red test is red for everybody. Other values:
#   RC_PARAMS=seed=7 build/release/network_sim/network_sim_nat_property_test    one program
#   cmake -DSFA_RAPIDCHECK_SEED=7 build/release && ./sfalab test                all of them
# A property that fails prints the RC_PARAMS with which it fails again.
find_package(GTest REQUIRED)
set(SFA_RAPIDCHECK_SEED 20101 CACHE STRING "Where RapidCheck's random values start, in ctest")

function(sfa_test name)
  cmake_parse_arguments(ARG "" "" "LIBS;RAPIDCHECK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  # A quarter less to wait for the compiler; what is tested is as fast as ever.
  target_compile_options(${name} PRIVATE -O1)
  add_test(NAME ${name} COMMAND ${name})
  list(JOIN ARG_RAPIDCHECK " " rapidcheck)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300
    ENVIRONMENT "RC_PARAMS=seed=${SFA_RAPIDCHECK_SEED} ${rapidcheck}")
endfunction()
