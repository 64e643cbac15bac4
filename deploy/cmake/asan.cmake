# AddressSanitizer and UndefinedBehaviorSanitizer, clang.
set(CMAKE_C_COMPILER clang CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
set(FLAGPOST_SANITIZE "address,undefined" CACHE STRING "")
