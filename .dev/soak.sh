# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh and build.sh
# A bad day of any length (tests/soak).

cmd_soak() {
    local minutes=10
    case $#:${1:-} in
        0:) ;;
        2:--minutes) minutes=$2 ;;
        1:--minutes=*) minutes=${1#*=} ;;
        *) fail "$EX_USAGE" "dev soak: '$*' is not understood." './dev soak [--minutes N]' ;;
    esac
    [[ $minutes =~ ^[1-9][0-9]{0,5}$ ]] ||
        fail "$EX_USAGE" "dev soak: '$minutes' is not a number of minutes." './dev soak --minutes 10'
    install_missing build postgresql tests
    build release soak
    run build/release/soak --seconds "$((minutes * 60))" --seed "$RANDOM"
}
