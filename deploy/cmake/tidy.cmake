# Compile under clang-tidy; any finding is an error.
set(CMAKE_C_COMPILER clang CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_CLANG_TIDY clang-tidy CACHE STRING "")
