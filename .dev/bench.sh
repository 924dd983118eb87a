# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh and build.sh
# How fast it is on this machine (tests/bench).

cmd_bench() {
    install_missing build postgresql tests bench
    build release bench_year bench_console bench_sinks bench_parts bench_end_to_end
    if [[ ${1:-} == --year ]]; then
        run build/release/bench_year
        return
    fi
    if [[ ${1:-} == --console ]]; then
        run build/release/bench_console
        return
    fi
    if [[ ${1:-} == --sinks ]]; then
        run build/release/bench_sinks
        return
    fi
    run build/release/bench_parts
    run build/release/bench_end_to_end --plot tests/bench/wall.svg "$@"
}
