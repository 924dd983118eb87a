# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh and build.sh
# What of src/ and include/ the tests reach. A report to look at, without a threshold: a line that was run is not yet a line
# that was tried, and a number that has to be reached is reached.

cmd_coverage() {
    local labels='unit|integration'
    case $#:${1:-} in
        0:) ;;
        1:--unit) labels=unit ;;
        *) fail "$EX_USAGE" "dev coverage: '$*' is not understood." './dev coverage [--unit]' ;;
    esac
    install_missing build postgresql tests coverage
    build coverage all
    find build/coverage -name '*.gcda' -delete # the counts of an earlier run
    test_counting "$labels"
    report_coverage
}

# A process that was killed has counted nothing. A test that fails here, where everything is slower, spoils no report.
test_counting() {
    local status=0 started=$SECONDS
    watched 'test coverage' timeout --kill-after=10s 30m ctest --test-dir build/coverage -L "$1" -j "$jobs" \
        --timeout 300 --output-on-failure --no-tests=error || status=$?
    step_begins 'test coverage'
    if ((status == 0)); then
        step_done "$(duration $((SECONDS - started)))"
    else
        printf ' %ssome failed%s: %s\n' "$red" "$plain" "$root/$log"
    fi
}

# Shows the twenty files with most lines that no test reached.
report_coverage() {
    local folder=build/coverage/report
    rm -rf -- "$folder"
    mkdir -p "$folder"
    # shellcheck disable=SC2016  # it is gcovr that reads it
    step 'report coverage' gcovr --root . --object-directory build/coverage --gcov-executable 'llvm-cov-16 gcov' -j "$jobs" \
        --filter 'src/' --filter 'include/' --exclude 'src/net\.cpp' \
        --exclude-throw-branches --exclude-unreachable-branches --gcov-ignore-parse-errors \
        --sort-uncovered --txt "$folder/report.txt" --html-details "$folder/index.html" --print-summary
    grep '^File' "$folder/report.txt"
    grep -E '^(src|include)/' "$folder/report.txt" | tail -n 20 | tac
    grep -E '^(lines|branches):' build/log/report-coverage.log
    echo "all files: $root/$folder/report.txt, line by line: $root/$folder/index.html"
}
