# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh
# Build, test, format, lint.

readonly presets=(release debug asan tsan)
jobs=$(nproc)
readonly jobs

cmd_build() {
    (($# <= 1)) || fail "$EX_USAGE" "dev build: one preset at a time, but got '$*'." "there are: ${presets[*]}"
    local preset=${1:-release}
    [[ " ${presets[*]} " == *" $preset "* ]] ||
        fail "$EX_USAGE" "dev build: '$preset' is not a preset." "there are: ${presets[*]}"
    install_missing
    build "$preset"
}

build() {
    configure "$1"
    step "build $1" ninja -C "build/$1" -j "$jobs"
}

# The C compiler is named too: libraries' CMake files ask for one, and a bare Debian has no `cc`.
configure() {
    prepare_ccache
    if needs_configuring "$1"; then
        step "configure $1" cmake --fresh --preset "$1" -D CMAKE_C_COMPILER=clang-16
    fi
}

# ccache is what makes a second build, a second clone and CI quick: with the base directory set, clones share objects.
prepare_ccache() {
    export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/ccache}
    if ! mkdir -p "$CCACHE_DIR" 2>/dev/null || [[ ! -w $CCACHE_DIR ]]; then CCACHE_DIR=$root/.cache/ccache; fi
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-10G}
}

# Ninja runs CMake again when a CMakeLists.txt changes; it knows nothing of the presets, nor that a tree was moved.
needs_configuring() {
    local tree=build/$1
    [[ ! -e $tree/build.ninja || CMakePresets.json -nt $tree/build.ninja ]] ||
        ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$tree/CMakeCache.txt"
}

cmd_test() {
    takes_no_arguments test "$@"
    local started=$SECONDS preset tested=(release asan tsan)
    install_missing
    check_format
    for preset in "${tested[@]}"; do
        build "$preset"
        run_tests "$preset"
    done

    printf '\n%sAll passed%s in %s:\n' "$green$bold" "$plain" "$(duration $((SECONDS - started)))"
    for preset in "${tested[@]}"; do
        printf '%-8s %s\n' "$preset" "$(grep 'tests passed' "build/log/ctest-$preset.log")"
    done
}

# No test may hang CI: each has a limit of its own (simsync_test in tests/CMakeLists.txt), and all have this one.
readonly minutes_to_test=10

run_tests() {
    local preset=$1 prefix=() status=0
    # The sanitizers of clang 16 lose their shadow memory where the kernel randomises 32 bits of an address, so they
    # run without randomisation; a container may forbid that, and then they run as they are.
    if [[ $preset == [at]san ]] && setarch -R true 2>/dev/null; then prefix=(setarch -R); fi
    instruct_sanitizers "$root/build/log/sanitizer-$preset"

    echo "${cyan}test $preset${plain}"
    run timeout --kill-after=10s ${minutes_to_test}m "${prefix[@]}" ctest --test-dir "build/$preset" -j "$jobs" \
        --timeout 60 --output-on-failure --no-tests=error --output-log "$root/build/log/ctest-$preset.log" || status=$?
    show_reports "$root/build/log/sanitizer-$preset" || ((status != 0)) || status=$EX_SOFTWARE
    ((status != 124)) ||
        fail "$EX_SOFTWARE" "dev: tests of the $preset build took more than $minutes_to_test minutes." \
            "the last one started in $root/build/log/ctest-$preset.log hangs, or the machine is overloaded."
    ((status == 0)) ||
        fail "$status" "dev: tests of the $preset build failed." \
            "again, only those: ctest --test-dir '$root/build/$preset' --rerun-failed --output-on-failure"
}

# instruct_sanitizers REPORT: each process writes what it finds to REPORT.PID, for a test does not show, or even notice,
# how the programs that it started fared.
instruct_sanitizers() {
    local common="log_path='$1'"
    rm -f -- "$1".*
    export ASAN_OPTIONS=$common UBSAN_OPTIONS=$common:print_stacktrace=1 TSAN_OPTIONS=$common:second_deadlock_stack=1
    export LSAN_OPTIONS="suppressions='$root/.dev/lsan.supp':print_suppressions=0"
    export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-16 TSAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-16
}

# show_reports REPORT: fails where there are any.
show_reports() {
    local report found=0
    for report in "$1".*; do
        [[ -s $report ]] || continue
        found=1
        printf '\n%s%s%s\n' "$red" "$report" "$plain"
        head -n 60 -- "$report"
    done
    ((found == 0))
}

cmd_format() {
    takes_no_arguments format "$@"
    install_missing
    find_sources
    step 'format' clang-format-16 -i "${sources[@]}"
}

cmd_lint() {
    takes_no_arguments lint "$@"
    install_missing
    check_format
    check_scripts
    build release # clang-tidy reads the compile commands, and the sources include generated headers
    check_code
}

check_format() {
    find_sources
    step 'check format' clang-format-16 --dry-run --Werror "${sources[@]}"
}

find_sources() {
    mapfile -d '' sources < <(find include src tests -name '*.[ch]pp' -print0)
}

check_scripts() {
    local scripts
    mapfile -t scripts < <(grep -rlE '^#!.*\b(ba)?sh$|^# shellcheck shell=' dev .dev .ci tests)
    step 'check shell scripts' shellcheck -x "${scripts[@]}"
}

# Units that include Beast take minutes; src/net.cpp holds nothing but other people's code.
check_code() {
    find src -name '*.cpp' ! -path src/net.cpp -print0 >build/log/units
    step 'clang-tidy' xargs -0 -a build/log/units -n 1 -P "$jobs" clang-tidy-16 -p build/release --quiet
}
