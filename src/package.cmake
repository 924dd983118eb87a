# What `./dev deb` packs, by CPack: simsync, and simsync-simulator for who wants to try it without the partner's API.
# What is written out only here (manual pages, changelog) comes from config/man/install.sh, while CPack runs.
set(debian ${PROJECT_SOURCE_DIR}/config/debian)

# Debian's changelog says whose package it is and which version: its newest entry's first and last line.
file(STRINGS ${debian}/changelog entry REGEX "^(simsync | -- )")
string(REGEX MATCH "^simsync \\(([^)]+)\\)[^>]* -- ([^>]+>)" ignored "${entry}")
if(NOT CMAKE_MATCH_1 STREQUAL PROJECT_VERSION)
    message(FATAL_ERROR "config/debian/changelog is of version ${CMAKE_MATCH_1}, the project of ${PROJECT_VERSION}.\n"
        "HINT: each version has an entry there, the newest first; its day is that of all files in the package.")
endif()
set(CPACK_PACKAGE_CONTACT "${CMAKE_MATCH_2}")

# What of the console is other people's is in simsync, and named in its copyright.
set(copyright_simsync ${PROJECT_BINARY_DIR}/copyright/simsync/copyright)
set(copyright_simsync-simulator ${debian}/copyright)
set(console_copyright ${SIMSYNC_CONSOLE_DIST}/copyright)
file(READ ${debian}/copyright text)
if(SIMSYNC_CONSOLE AND EXISTS ${console_copyright})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${console_copyright})
    file(READ ${console_copyright} of_others)
    string(APPEND text "${of_others}")
endif()
file(WRITE ${copyright_simsync} "${text}")

# simsync_document(PACKAGE PAGE...): manual pages and changelog, completion and copyright. PACKAGE is the program's name, too.
function(simsync_document package)
    install(CODE "execute_process(COMMAND_ERROR_IS_FATAL ANY COMMAND \"${PROJECT_SOURCE_DIR}/config/man/install.sh\"
        ${package} \"$<TARGET_FILE:${package}>\" \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\" ${ARGN})" COMPONENT ${package})
    install(FILES ${PROJECT_SOURCE_DIR}/config/completions/${package} DESTINATION share/bash-completion/completions
        COMPONENT ${package})
    install(FILES ${copyright_${package}} DESTINATION share/doc/${package} COMPONENT ${package})
endfunction()

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME simsync)
install(TARGETS simsync RUNTIME DESTINATION bin)
install(FILES ${PROJECT_SOURCE_DIR}/systemd/simsync.service DESTINATION lib/systemd/system)
install(FILES ${PROJECT_SOURCE_DIR}/systemd/simsync.sysusers DESTINATION lib/sysusers.d RENAME simsync.conf)
install(FILES ${PROJECT_SOURCE_DIR}/config/simsync.toml DESTINATION /etc/simsync)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION share/doc/simsync)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/config/prometheus ${PROJECT_SOURCE_DIR}/config/grafana
    DESTINATION share/doc/simsync/examples)
simsync_document(simsync simsync.1 simsync.toml.5)

install(TARGETS simsync-simulator RUNTIME DESTINATION bin COMPONENT simsync-simulator)
simsync_document(simsync-simulator simsync-simulator.1)

set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL simsync simsync-simulator)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGE_NAME simsync)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/src/package_bytes.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_SIMSYNC_PACKAGE_NAME simsync)
set(CPACK_DEBIAN_SIMSYNC_DESCRIPTION "PostgreSQL mirror of a telecom partner's SIM cards
simsync keeps a PostgreSQL mirror of every SIM card that a MyPhone partner
account holds, and writes down each change, in the same transaction, as an
event that people can query and alerting can follow without missing one.")
set(CPACK_DEBIAN_SIMSYNC_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers, ca-certificates")
set(CPACK_DEBIAN_SIMSYNC_PACKAGE_SUGGESTS "postgresql, prometheus, simsync-simulator")
set(CPACK_DEBIAN_SIMSYNC_PACKAGE_CONTROL_EXTRA
    "${debian}/conffiles;${debian}/postinst;${debian}/prerm;${debian}/postrm")

set(CPACK_DEBIAN_SIMSYNC-SIMULATOR_PACKAGE_NAME simsync-simulator)
set(CPACK_DEBIAN_SIMSYNC-SIMULATOR_PACKAGE_SOURCE simsync)
set(CPACK_DEBIAN_SIMSYNC-SIMULATOR_DESCRIPTION "stand-in for the MyPhone partner API, to try simsync with
simsync-simulator answers as the MyPhone partner API does, from a fleet of
SIM cards of its own that changes as it is told: for a look at simsync without
an account, and for tests of whatever reads the API or simsync's events.")
include(CPack)
