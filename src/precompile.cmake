# Precompiled headers that a second clone and CI can share through ccache, which CMake's own cannot be: clang writes the
# absolute path of the clone into them, so no two are alike. ccache compares the .sum beside each instead
# (CCACHE_PCH_EXTSUM): the header's text as the preprocessor leaves it. A unit whose .d names a header of the libraries is
# built again when that header changes, precompiled or not.
set(SIMSYNC_PRECOMPILE ${CMAKE_CXX_COMPILER_ID} CACHE STRING "Clang: precompile headers; anything else: do not")

# What every unit is compiled with, as a list for a command line. Precompiled and user have to agree in all of it.
function(common_flags result)
    get_directory_property(options COMPILE_OPTIONS)
    separate_arguments(by_type UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${SIMSYNC_BUILD_TYPE}}")
    set(${result} ${by_type} ${CMAKE_CXX20_STANDARD_COMPILE_OPTION} ${options} PARENT_SCOPE)
endfunction()

# precompile(NAME HEADER [FLAG…]): HEADER, written from the top of the repository, with these flags beside the common ones.
function(precompile name header)
    if(NOT SIMSYNC_PRECOMPILE STREQUAL "Clang")
        return()
    endif()
    string(TOUPPER "${CMAKE_BUILD_TYPE}" SIMSYNC_BUILD_TYPE)
    common_flags(flags)
    file(RELATIVE_PATH source ${CMAKE_BINARY_DIR} ${PROJECT_SOURCE_DIR}/${header})
    set(compiler ${CMAKE_CXX_COMPILER} ${flags} ${ARGN} -x c++-header ${source})
    set(output pch/${name}.pch)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/pch)
    add_custom_command(
        OUTPUT ${CMAKE_BINARY_DIR}/${output} ${CMAKE_BINARY_DIR}/${output}.sum
        COMMAND ${compiler} -E -P -o ${output}.text
        COMMAND ${CMAKE_COMMAND} -E sha256sum ${output}.text > ${output}.sum
        COMMAND ${CMAKE_COMMAND} -E rm ${output}.text
        COMMAND ${compiler} -o ${output} -MD -MF ${output}.d -MT ${output}
                -Xclang -fno-pch-timestamp -fpch-instantiate-templates
        DEPENDS ${PROJECT_SOURCE_DIR}/${header}
        DEPFILE ${CMAKE_BINARY_DIR}/${output}.d
        WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
        COMMENT "Precompiling ${header}"
        VERBATIM)
    add_custom_target(pch_${name} DEPENDS ${CMAKE_BINARY_DIR}/${output})
endfunction()

# precompiled(TARGET [PREFIX [FLAGS_WITH_ASIO FLAGS_WITHOUT]]): each unit of TARGET begins with PREFIXasio.pch where TARGET
# sees Asio, else with PREFIXstd.pch. What else hangs on that is given here, for CMake answers the question once a target.
function(precompiled target)
    set(with_asio ${ARGV2})
    set(without ${ARGV3})
    if(TARGET pch_std)
        add_dependencies(${target} pch_${ARGV1}std pch_${ARGV1}asio)
        list(APPEND with_asio -include-pch pch/${ARGV1}asio.pch)
        list(APPEND without -include-pch pch/${ARGV1}std.pch)
    endif()
    set(sees_asio "$<IN_LIST:BOOST_ASIO_NO_DEPRECATED,$<TARGET_PROPERTY:COMPILE_DEFINITIONS>>")
    target_compile_options(${target} PRIVATE "$<IF:${sees_asio},${with_asio},${without}>")
endfunction()
