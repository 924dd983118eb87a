# Writes OUTPUT, a C++ source that holds what src/console/build.mjs wrote into the folder DIST: each file's packed forms
# (.gz, .br) as they are, and a table of path, type and tag (see asset.hpp). The assembler takes the bytes in: as text of
# C++ they would take the compiler seconds. Called by CMake alone.
cmake_minimum_required(VERSION 3.25)

function(type_of extension result)
    set(types
        ".html=text/html" ".js=text/javascript" ".css=text/css" ".txt=text/plain" ".json=application/json"
        ".svg=image/svg+xml")
    foreach(type IN LISTS types)
        if(type MATCHES "^([^=]+)=(.+)$" AND CMAKE_MATCH_1 STREQUAL extension)
            set(${result} "${CMAKE_MATCH_2}" PARENT_SCOPE)
            return()
        endif()
    endforeach()
    message(FATAL_ERROR "What type has a file of the console that ends in ${extension}?\n"
        "HINT: src/daemon/console/embed_assets.cmake lists the types; give it a line there.")
endfunction()

# embed(FILE NAME): NAME is declared and holds FILE; view_NAME is how the table speaks of it.
macro(embed file name)
    file(SIZE ${file} size)
    string(APPEND bytes "    \".global ${name}\\n.hidden ${name}\\n${name}:\\n.incbin \\\"${file}\\\"\\n\"\n")
    string(APPEND declarations "extern \"C\" const char ${name}[];\n")
    set(view_${name} "{${name}, ${size}}")
endmacro()

set(bytes "")
set(declarations "")
set(rows "")
set(number 0)
file(GLOB_RECURSE packed RELATIVE ${DIST} ${DIST}/*.gz)
list(SORT packed)
if(NOT "index.html.gz" IN_LIST packed)
    message(FATAL_ERROR "${DIST} holds no console: index.html.gz is not there.\n"
        "HINT: ./dev build makes it, or node src/console/build.mjs; -D SIMSYNC_CONSOLE=OFF builds without.")
endif()
foreach(gz IN LISTS packed)
    string(REGEX REPLACE "\\.gz$" "" name ${gz})
    embed(${DIST}/${name}.gz simsync_asset_${number}_gz)
    embed(${DIST}/${name}.br simsync_asset_${number}_br)
    file(SHA256 ${DIST}/${name} hash)
    string(SUBSTRING ${hash} 0 16 tag)
    cmake_path(GET name EXTENSION LAST_ONLY extension)
    type_of(${extension} type)
    set(lifetime checked)
    if(name MATCHES "-[0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z]\\.[a-z]+$") # esbuild's hash
        set(lifetime immutable)
    endif()
    if(name STREQUAL "index.html")
        set(name "")
    endif()
    string(APPEND rows "    {\"/${name}\", \"${type}; charset=utf-8\", \"${tag}\", Lifetime::${lifetime}, {},\n     "
        "${view_simsync_asset_${number}_gz}, ${view_simsync_asset_${number}_br}},\n")
    math(EXPR number "${number} + 1")
endforeach()

file(WRITE ${OUTPUT} "// Generated from ${DIST} by embed_assets.cmake.\n#include \"daemon/console/asset.hpp\"\n\n"
    "__asm__(\".section .rodata\\n\"\n${bytes}    \".previous\\n\");\n\n${declarations}\n"
    "namespace simsync\n{\nnamespace\n{\n\nconst Asset assets[] = {\n${rows}};\n\n} // namespace\n\n"
    "std::span<const Asset> embedded_assets()\n{\n    return assets;\n}\n\n} // namespace simsync\n")
