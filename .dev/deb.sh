# shellcheck shell=bash disable=SC2154  # the rest comes from common.sh
# A Debian package of the release build.

cmd_deb() {
    takes_no_arguments deb "$@"
    install_missing build deb
    build release "${programs[@]}"
    step "package" cpack -G DEB --config build/release/CPackConfig.cmake -B build
    rm -rf -- build/_CPack_Packages
    printf '\nInstall it, or a later one over it:\n  %sapt install ./%s%s\n' "$bold" build/simsync_*.deb "$plain"
}
