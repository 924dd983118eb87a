# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh and build.sh
# A bad day of any length (tests/soak); with --patroni that of a database which fails over all the time.

readonly soak_usage='./dev soak [--patroni] [--minutes N]'

cmd_soak() {
    local minutes=10 program=soak
    while (($# > 0)); do
        case $#:$1 in
            *:--patroni) program=soak_patroni ;;
            1:--minutes) fail "$EX_USAGE" 'dev soak: --minutes lacks its number.' "$soak_usage" ;;
            *:--minutes) minutes=$2 && shift ;;
            *:--minutes=*) minutes=${1#*=} ;;
            *) fail "$EX_USAGE" "dev soak: '$1' is not an option." "$soak_usage" ;;
        esac
        shift
    done
    [[ $minutes =~ ^[1-9][0-9]{0,5}$ ]] ||
        fail "$EX_USAGE" "dev soak: '$minutes' is not a number of minutes." './dev soak --minutes 10'
    install_missing build postgresql tests
    if [[ $program == soak_patroni ]]; then install_missing patroni; fi
    build release "$program"
    run "build/release/$program" --seconds "$((minutes * 60))" --seed "$RANDOM"
}
