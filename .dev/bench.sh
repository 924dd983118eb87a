# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh and build.sh
# How fast it is on this machine (tests/bench).

cmd_bench() {
    install_missing build postgresql tests bench
    build release bench_year bench_console bench_fresh bench_sinks bench_commits bench_wide bench_parts bench_end_to_end
    local which=${1:-}
    case $which in
        --year | --console | --fresh | --sinks | --commits | --wide)
            shift
            run "build/release/bench_${which#--}" "$@"
            return
            ;;
    esac
    run build/release/bench_parts
    run build/release/bench_end_to_end --plot tests/bench/wall.svg "$@"
}
