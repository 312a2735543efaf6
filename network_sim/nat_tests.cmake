# The tests of the NAT boxes; included by CMakeLists.txt.
find_path(RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)
find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)

sfa_test(network_sim_nat_test
         ${CMAKE_CURRENT_LIST_DIR}/nat_test.cc
         ${CMAKE_CURRENT_LIST_DIR}/linux_masquerade_test.cc
         LIBS sfa_network_sim)
sfa_test(network_sim_nat_property_test
         ${CMAKE_CURRENT_LIST_DIR}/nat_property_test.cc
         LIBS sfa_network_sim ${RAPIDCHECK_LIBRARY}
         RAPIDCHECK max_success=400 max_size=120)
target_include_directories(network_sim_nat_property_test PRIVATE ${RAPIDCHECK_INCLUDE})
