# Warning and hardening flags, carried by one interface target.
add_library(flagpost_flags INTERFACE)

target_compile_options(flagpost_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wcast-align
  -Wcast-qual -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wnull-dereference -Wundef -Wvla -Wswitch-enum -Wimplicit-fallthrough -Wwrite-strings
  -Wpointer-arith -Wdouble-promotion
  -fstack-protector-strong -fstack-clash-protection -fno-common -fno-strict-overflow
  -fvisibility=hidden "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

if(CMAKE_C_COMPILER_ID STREQUAL GNU)
  target_compile_options(flagpost_flags INTERFACE
    -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wtrampolines -Warith-conversion
    -ftrivial-auto-var-init=zero)
else()
  target_compile_options(flagpost_flags INTERFACE
    -Wcomma -Wconditional-uninitialized -Wassign-enum
    # clang 14 takes only =pattern.
    -ftrivial-auto-var-init=pattern)
endif()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|i.86")
  target_compile_options(flagpost_flags INTERFACE -fcf-protection)
endif()

target_compile_definitions(flagpost_flags INTERFACE _GNU_SOURCE)
target_link_options(flagpost_flags INTERFACE
  -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code)

if(FLAGPOST_SANITIZE)
  target_compile_options(flagpost_flags INTERFACE
    -fsanitize=${FLAGPOST_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(flagpost_flags INTERFACE -fsanitize=${FLAGPOST_SANITIZE})
  if(FLAGPOST_SANITIZE MATCHES address AND CMAKE_C_COMPILER_ID STREQUAL Clang)
    # What tests/fuzz is led by: counters of the edges that were taken.
    target_compile_options(flagpost_flags INTERFACE
      -fsanitize-coverage=inline-8bit-counters,pc-table)
  endif()
else()
  # The fortified functions would hide overflows from the sanitizers, and need -O.
  target_compile_definitions(flagpost_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=3>)
endif()

if(FLAGPOST_COVERAGE)
  target_compile_options(flagpost_flags INTERFACE --coverage)
  target_compile_definitions(flagpost_flags INTERFACE FLAGPOST_COVERAGE)
  target_link_options(flagpost_flags INTERFACE --coverage)
endif()
