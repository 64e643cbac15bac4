# Generated code stands in its own target: no warnings, no tidy, reached by proto/ alone.
find_program(PROTOC_C protoc-c REQUIRED)
file(GLOB schemas CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/proto/*.proto)
set(generated_dir ${CMAKE_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${generated_dir})
set(generated)
foreach(schema ${schemas})
  get_filename_component(name ${schema} NAME_WE)
  add_custom_command(
    OUTPUT ${generated_dir}/${name}.pb-c.c ${generated_dir}/${name}.pb-c.h
    COMMAND ${PROTOC_C} --proto_path=${CMAKE_SOURCE_DIR}/proto --c_out=${generated_dir} ${schema}
    DEPENDS ${schemas} VERBATIM)
  list(APPEND generated ${generated_dir}/${name}.pb-c.c)
endforeach()
add_library(proto_generated STATIC ${generated})
target_include_directories(proto_generated SYSTEM PUBLIC ${generated_dir})
target_compile_options(proto_generated PRIVATE -w)
set_target_properties(proto_generated PROPERTIES C_CLANG_TIDY "")
target_link_libraries(proto_generated PUBLIC PkgConfig::PROTOBUF_C)
