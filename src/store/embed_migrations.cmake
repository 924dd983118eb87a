# Writes OUTPUT, a C++ source that holds the bytes and SHA-256 of the SQL files in FILES (see migrations.hpp).
# Called by CMake alone, so that a build needs no other program.

function(append_bytes file name)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
    set(source "${source}constexpr char ${name}[] = {${bytes}};\n" PARENT_SCOPE)
endfunction()

set(source "// Generated from migrations/ by embed_migrations.cmake.\n#include \"store/migrations.hpp\"\n\nnamespace simsync\n{\nnamespace\n{\n\n")
set(rows "")
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME_WE)
    if(name STREQUAL "bootstrap")
        append_bytes(${file} bootstrap_bytes)
    elseif(name MATCHES "^([0-9][0-9][0-9][0-9])_")
        math(EXPR version "1${CMAKE_MATCH_1} - 10000")
        file(SHA256 ${file} checksum)
        append_bytes(${file} bytes_${version})
        string(APPEND rows "    {${version}, \"${name}\", \"${checksum}\", {bytes_${version}, sizeof bytes_${version}}},\n")
    else()
        message(FATAL_ERROR "${file} is no migration: its name must be NNNN_what_it_is.sql")
    endif()
endforeach()
string(APPEND source "constexpr EmbeddedMigration migrations[] = {\n${rows}};\n\n} // namespace\n\n"
    "std::span<const EmbeddedMigration> embedded_migrations()\n{\n    return migrations;\n}\n\n"
    "std::string_view bootstrap_sql()\n{\n    return {bootstrap_bytes, sizeof bootstrap_bytes};\n}\n\n} // namespace simsync\n")
file(WRITE ${OUTPUT} "${source}")
