#!/bin/bash
# Every test that tests/README.md names exists: a promise whose test was renamed or deleted is a promise without one.
# Usage: promises_test.sh TESTS_FOLDER
set -euo pipefail
tests=$1

defined=$(grep -rhE '^TEST(_F|_P)?\(' "$tests" --include='*.cpp' | sed -E 's/^TEST(_F|_P)?\(([A-Za-z]+), *([A-Za-z0-9_]+)\).*/\2.\3/' | sort -u)
# shellcheck disable=SC2016  # backticks of Markdown
named=$(grep -oE '`[A-Za-z]+\.[A-Za-z0-9_]+`' "$tests/README.md" | tr -d '`' | grep -v '^Suite\.' | sort -u)
[[ -n $named ]] || { echo "$tests/README.md names no test"; exit 1; }

missing=$(comm -13 <(echo "$defined") <(echo "$named"))
[[ -z $missing ]] || {
    printf 'tests/README.md names tests that do not exist:\n%s\nHINT: name their successors, or write them.\n' "$missing"
    exit 1
}
