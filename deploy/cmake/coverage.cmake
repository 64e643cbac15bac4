# gcc with coverage counters; read with gcovr.
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(FLAGPOST_COVERAGE ON CACHE BOOL "")
