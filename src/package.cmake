# What `./dev deb` packs: the program, its unit and user, its configuration, what to read. By CPack.
set(debian ${PROJECT_SOURCE_DIR}/config/debian)

install(TARGETS simsync RUNTIME DESTINATION bin)
install(FILES ${PROJECT_SOURCE_DIR}/systemd/simsync.service DESTINATION lib/systemd/system)
install(FILES ${PROJECT_SOURCE_DIR}/systemd/simsync.sysusers DESTINATION lib/sysusers.d RENAME simsync.conf)
install(FILES ${PROJECT_SOURCE_DIR}/config/simsync.toml DESTINATION /etc/simsync)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${debian}/copyright
    DESTINATION share/doc/simsync)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/config/prometheus ${PROJECT_SOURCE_DIR}/config/grafana
    DESTINATION share/doc/simsync/examples)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME simsync)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "PostgreSQL mirror of a telecom partner's SIM cards")
set(CPACK_PACKAGE_CONTACT "the simsync team <simsync@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"simsync keeps a PostgreSQL mirror of every SIM card that a MyPhone partner
account holds, and writes down each change, in the same transaction, as an
event that people can query and alerting can follow without missing one.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql, prometheus")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${debian}/conffiles;${debian}/postinst;${debian}/prerm;${debian}/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
