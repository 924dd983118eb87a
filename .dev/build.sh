# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh
# Build, test, format, lint.

readonly presets=(release debug asan tsan)
jobs=$(nproc)
readonly jobs
readonly programs=(simsync simsync-simulator)

cmd_build() {
    (($# <= 1)) || fail "$EX_USAGE" "dev build: one preset at a time, but got '$*'." "there are: ${presets[*]}"
    local preset=${1:-release}
    [[ " ${presets[*]} " == *" $preset "* ]] ||
        fail "$EX_USAGE" "dev build: '$preset' is not a preset." "there are: ${presets[*]}"
    install_for "$preset" build
    build "$preset" "${programs[@]}"
}

# install_for PRESET NEED…: with what the preset needs of its own.
install_for() {
    local preset=$1 needs=("${@:2}")
    case $preset in asan | tsan | fuzz) needs+=(sanitizers) ;; esac
    install_missing "${needs[@]}"
}

# build PRESET TARGET…: these and what they are made of, no more; "all" is everything there is, tests included.
build() {
    local preset=$1 targets=("${@:2}")
    make_console
    configure "$preset" "${targets[@]}"
    tell_how_long "$preset" "${targets[@]}"
    step "build $preset" ninja -C "build/$preset" -j "$jobs" "${targets[@]}"
}

# Three seconds a unit on one core is what was measured on a slow machine, optimised, with nothing in ccache.
tell_how_long() {
    local preset=$1 units
    units=$(uncompiled "$preset" "${@:2}" | wc -l)
    ((units >= 40)) || return 0
    echo "build $preset: $units units to compile, at most $((units * 3 / jobs / 60 + 1)) min here; a minute where ccache knows them"
}

# uncompiled PRESET TARGET…: the objects that are not there yet. `ninja -n` does not tell: in a fresh tree it only says that
# it would run CMake again, for what the globs of CMakeLists.txt find.
uncompiled() {
    local object
    ninja -C "build/$1" -t commands "${@:2}" | sed -nE 's/.* -o ([^ ]+\.o) .*/\1/p' | while read -r object; do
        [[ -e build/$1/$object ]] || echo "$object"
    done
}

# configure PRESET TARGET…: with the tests where they are wanted, for they ask for packages of their own. The C compiler is
# named too: libraries' CMake files ask for one, and a bare Debian has no `cc`.
configure() {
    local preset=$1 tests=OFF definitions=()
    console_definitions
    if [[ " ${*:2} " != " ${programs[*]} " ]]; then tests=ON; fi
    prepare_ccache
    if needs_configuring "$preset"; then
        step "configure $preset" cmake --fresh --preset "$preset" -D CMAKE_C_COMPILER=clang-16 -D BUILD_TESTING=$tests \
            "${definitions[@]/#/-D}"
        return
    fi
    if [[ $tests == ON ]]; then definitions+=(BUILD_TESTING:BOOL=ON); fi
    if ! is_configured_with "$preset" "${definitions[@]}"; then
        step "configure $preset" cmake --preset "$preset" "${definitions[@]/#/-D}"
    fi
}

# is_configured_with PRESET NAME:TYPE=VALUE…
is_configured_with() {
    local definition
    for definition in "${@:2}"; do
        grep -qxF -- "$definition" "build/$1/CMakeCache.txt" || return 1
    done
}

# ccache is what makes a second build, a second clone and CI quick: with the base directory set, clones share objects.
prepare_ccache() {
    export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/ccache}
    if ! mkdir -p "$CCACHE_DIR" 2>/dev/null || [[ ! -w $CCACHE_DIR ]]; then CCACHE_DIR=$root/.cache/ccache; fi
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-10G}
    export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=1 # precompiled headers: src/precompile.cmake
}

# Ninja runs CMake again when a CMakeLists.txt changes; it knows nothing of the presets, nor that a tree was moved.
needs_configuring() {
    local tree=build/$1
    [[ ! -e $tree/build.ninja || CMakePresets.json -nt $tree/build.ninja ]] ||
        ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$tree/CMakeCache.txt"
}

# The release build and all that runs on it; --all: what CI runs.
cmd_test() {
    local tested=(release) started=$SECONDS
    case $#:${1:-} in
        0:) ;;
        1:--all) tested=(release asan tsan) ;;
        *) fail "$EX_USAGE" "dev test: '$*' is not understood." './dev test [--all]' ;;
    esac
    install_missing build postgresql tests browser deb
    if [[ ${1:-} == --all ]]; then
        install_missing sanitizers booted format lint
        check_format
        check_scripts
    fi
    for preset in "${tested[@]}"; do
        build "$preset" all
        run_tests "$preset"
        if [[ ${1:-} == --all && $preset == release ]]; then check_code changed; fi
    done
    if [[ ${1:-} == --all ]]; then run_booted; fi

    printf '\n%sAll passed%s in %s:\n' "$green$bold" "$plain" "$(duration $((SECONDS - started)))"
    for preset in "${tested[@]}"; do
        printf '%-8s %s\n' "$preset" "$(grep 'tests passed' "build/log/ctest-$preset.log")"
    done
}

# A test waits for half of its time: for a timer, an answer, a commit.
readonly tests_at_once=$((jobs * 2))

# No test may hang CI: each has a limit of its own (simsync_test in tests/CMakeLists.txt), and all have this one.
readonly minutes_to_test=20

run_tests() {
    local preset=$1 prefix=() status=0 started=$SECONDS
    # The sanitizers of clang 16 lose their shadow memory where the kernel randomises 32 bits of an address, so they
    # run without randomisation; a container may forbid that, and then they run as they are.
    if [[ $preset == [at]san ]] && setarch -R true 2>/dev/null; then prefix=(setarch -R); fi
    instruct_sanitizers "$root/build/log/sanitizer-$preset"

    watched "test $preset" timeout --kill-after=10s ${minutes_to_test}m "${prefix[@]}" ctest --test-dir "build/$preset" \
        -j "$tests_at_once" --timeout 60 --output-on-failure --no-tests=error \
        --output-log "$root/build/log/ctest-$preset.log" ||
        status=$?
    step_begins "test $preset"
    if ((status == 0)); then
        step_done "$(duration $((SECONDS - started)))"
        grep 'tests passed' "$log"
    else
        printf ' %sFAILED%s\n' "$red" "$plain"
        failed_tests "$log"
    fi
    show_reports "$root/build/log/sanitizer-$preset" || ((status != 0)) || status=$EX_SOFTWARE
    ((status != 124)) ||
        fail "$EX_SOFTWARE" "dev: tests of the $preset build took more than $minutes_to_test minutes." \
            "the last one started in $root/build/log/ctest-$preset.log hangs, or the machine is overloaded."
    ((status == 0)) ||
        fail "$status" "dev: tests of the $preset build failed." \
            "again, only those: ctest --test-dir '$root/build/$preset' --rerun-failed --output-on-failure"
}

# What ctest says of the tests that failed, with their own words, and its summary.
failed_tests() {
    sed -E '/^ *[0-9]+\/[0-9]+ Test .* Passed /d; /^ +Start +[0-9]+: /d' "$1" | tail -n 400
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

# The package under a real systemd (tests/booted).
run_booted() {
    local status=0
    build release "${programs[@]}"
    run tests/booted/run.sh build/release || status=$?
    case $status in
        0) ;;
        77) ;; # it has said why it could not run here
        *) fail "$status" 'dev: the booted test failed.' 'its words stand above.' ;;
    esac
}

cmd_format() {
    takes_no_arguments format "$@"
    install_missing format
    find_sources
    step 'format' clang-format-16 -i "${sources[@]}"
}

cmd_lint() {
    takes_no_arguments lint "$@"
    install_missing build postgresql tests format lint
    check_format
    check_scripts
    build release all # clang-tidy reads the compile commands, and the sources include generated headers
    check_code all
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
    mapfile -t scripts < <(grep -rlE '^#!.*\b(ba)?sh$|^# shellcheck shell=' dev .dev .ci config tests)
    step 'check shell scripts' shellcheck -x "${scripts[@]}"
}

# check_code all|changed: every unit, or those changed since the last release, and for each changed header one unit that
# includes it: half an hour for all of them does not fit into CI. src/net.cpp holds nothing but other people's code.
check_code() {
    local units unit
    mapfile -t units < <("units_$1" | grep -vx src/net.cpp | sort -u)
    ((${#units[@]} > 0)) || return 0
    for unit in "${!units[@]}"; do printf '[%s/%s]\0%s\0' $((unit + 1)) ${#units[@]} "${units[unit]}"; done >build/log/units
    # shellcheck disable=SC2016  # it is the inner shell that expands
    step "clang-tidy, $1" xargs -0 -a build/log/units -n 2 -P "$jobs" \
        bash -c 'echo "$1 $2"; clang-tidy-16 -p build/release --quiet "$2"' clang-tidy
}

units_all() {
    find src -name '*.cpp'
}

# The last release is the commit that last wrote Debian's changelog; where a clone does not know it, all count as changed.
units_changed() {
    local release path
    release=$(git log -1 --format=%H -- config/debian/changelog 2>/dev/null) || true
    if [[ -z $release ]]; then
        units_all
        return
    fi
    while read -r path; do
        case $path in
            src/*.cpp) [[ ! -e $path ]] || echo "$path" ;;
            *.hpp) grep -rlF --include='*.cpp' "\"${path#*/}\"" src | head -n 1 ;;
        esac
    done < <(git diff --name-only "$release" -- src include)
}
