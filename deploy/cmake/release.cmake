# cmake -C deploy/cmake/release.cmake -B build -G Ninja
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
