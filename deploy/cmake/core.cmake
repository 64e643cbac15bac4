# Publish, receive and verify with only the four fixed packages.
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(FLAGPOST_JSON OFF CACHE BOOL "")
set(FLAGPOST_HTTP OFF CACHE BOOL "")
