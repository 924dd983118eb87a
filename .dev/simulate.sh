# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh and build.sh
# Lives of simsync in a simulated world, one for each seed (tests/simulation).

readonly simulate_usage='./dev simulate --seeds N [--from SEED]'

cmd_simulate() {
    local seeds=2000 first=1 status=0
    while (($# > 0)); do
        [[ ${2:-} =~ ^[0-9]{1,15}$ ]] ||
            fail "$EX_USAGE" "dev simulate: '$*' is not understood." "$simulate_usage"
        case $1 in
            --seeds) seeds=$2 ;;
            --from) first=$2 ;;
            *) fail "$EX_USAGE" "dev simulate: '$1' is not an option." "$simulate_usage" ;;
        esac
        shift 2
    done
    install_missing build postgresql tests
    build release simulation_tests
    run env SIMSYNC_SEEDS="$seeds" SIMSYNC_SEED="$first" build/release/simulation_tests --gtest_brief=1 \
        --gtest_filter='Simulation.*' || status=$?
    ((status == 0)) ||
        fail "$EX_SOFTWARE" 'dev simulate: a seed found something.' \
            './dev simulate --seeds 1 --from SEED lives that seed again, the same in every detail, with a log of it.'
}
