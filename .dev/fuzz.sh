# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh
# Searches for bytes that break what must hold for any bytes (tests/fuzz). What it finds belongs into tests/fuzz/corpus:
# there each build replays it as a test.

readonly fuzz_default_seconds=60
readonly fuzz_finds=build/fuzz/corpus fuzz_crashes=build/fuzz/crashes
fuzz_dir=      # the temporary folder
fuzz_broken=() # targets that something was found in

cmd_fuzz() {
    local seconds target
    seconds=$(fuzz_seconds "$@")
    install_missing build postgresql tests sanitizers
    build fuzz fuzzers
    instruct_fuzzers
    for target in tests/fuzz/corpus/*; do
        fuzz "${target##*/}" "$seconds"
    done
    ((${#fuzz_broken[@]} == 0)) ||
        fail "$EX_SOFTWARE" "dev fuzz: something was found in ${fuzz_broken[*]}." \
            "each crash stands above with how to replay it; fix it, and keep its file in tests/fuzz/corpus."
    echo "Nothing found. Inputs that reach new code are kept in $root/$fuzz_finds."
}

# --seconds N or --seconds=N, for each target.
fuzz_seconds() {
    local value=
    case $#:${1:-} in
        0:) value=$fuzz_default_seconds ;;
        2:--seconds) value=$2 ;;
        1:--seconds=*) value=${1#*=} ;;
        *) fail "$EX_USAGE" "dev fuzz: '$*' is not understood." './dev fuzz [--seconds N]' ;;
    esac
    [[ $value =~ ^[1-9][0-9]{0,5}$ ]] ||
        fail "$EX_USAGE" "dev fuzz: '$value' is not a number of seconds." './dev fuzz --seconds 60'
    echo "$value"
}

# The shadow memory of clang 16 wants addresses that are not randomised (run_tests in build.sh). The configuration is
# written to a file each time, so that file lies in memory where there is any.
instruct_fuzzers() {
    export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-16 UBSAN_OPTIONS=print_stacktrace=1
    export ASAN_OPTIONS=quarantine_size_mb=16
    fuzz_prefix=()
    if setarch -R true 2>/dev/null; then fuzz_prefix=(setarch -R); fi

    trap 'rm -rf -- "$fuzz_dir"' EXIT
    if [[ -w /dev/shm ]]; then TMPDIR=/dev/shm; fi
    fuzz_dir=$(mktemp -d -t simsync-fuzz.XXXXXX)
    export TMPDIR=$fuzz_dir
    mkdir -p "$fuzz_crashes"
}

# fuzz TARGET SECONDS: a single input may take 5 seconds and 1 GiB, or that is a finding too.
fuzz() {
    local target=$1 seconds=$2 status=0 finds=$fuzz_finds/$1
    mkdir -p "$finds"
    watched "fuzz $target" timeout --kill-after=10s $((seconds + 120)) "${fuzz_prefix[@]}" "build/fuzz/fuzz_$target" \
        -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=4096 -print_final_stats=1 \
        -dict="tests/fuzz/dictionaries/$target.dict" -artifact_prefix="$fuzz_crashes/$target-" \
        "$finds" "tests/fuzz/corpus/$target" || status=$?
    step_begins "fuzz $target"
    if ((status == 0)); then
        step_done "$(fuzz_summary "$log")"
    else
        printf ' %sFOUND%s\n' "$red" "$plain"
        show_crash "$target" "$log"
        fuzz_broken+=("$target")
    fi
}

fuzz_summary() {
    sed -n 's/^stat::average_exec_per_sec: *\(.*\)/\1 a second/p; s/^stat::new_units_added: *\(.*\)/\1 new inputs/p' "$1" |
        paste -sd , | sed 's/,/, /'
}

# What libFuzzer and the sanitizers say of it, without the progress before.
show_crash() {
    local target=$1 log=$2 file
    printf '\n'
    sed -nE '/VIOLATED|ERROR: |runtime error: |what\(\): /,$p' "$log" | head -n 40
    file=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    [[ -z $file ]] || printf '\n%sreplay it%s   %s/build/fuzz/fuzz_%s %s/%s\n' "$bold" "$plain" "$root" "$target" "$root" "$file"
    printf '%sthe log%s     %s/%s\n\n' "$bold" "$plain" "$root" "$log"
}
