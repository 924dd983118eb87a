# shellcheck shell=bash disable=SC2154  # the rest comes from common.sh
# Debian packages of the release build. The same source gives the same bytes.

cmd_deb() {
    takes_no_arguments deb "$@"
    install_missing build deb
    build release "${programs[@]}"
    rm -f -- build/simsync{,-simulator}_*.deb # of other versions, which apt would be asked to install at once
    umask 022                                 # part of the bytes
    step "package" cpack -G DEB --config build/release/CPackConfig.cmake -B build
    rm -rf -- build/_CPack_Packages
    printf '\nInstall it, or a later one over it:\n  %sapt install ./%s%s\n' "$bold" build/simsync_*.deb "$plain"
    printf 'A stand-in for the API, to try it with:\n  %sapt install ./%s%s\n' "$bold" build/simsync-simulator_*.deb "$plain"
}
