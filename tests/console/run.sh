#!/bin/bash
# The browser tests. Usage: run.sh FOLDER BED, where FOLDER holds the scripts with their packages (../npm_install.sh) and
# BED is the program of bed.cpp. Exits with 77 where there is no browser, but for CI, where there has to be one.
set -euo pipefail
folder=$1
export SIMSYNC_CONSOLE_BED=$2

# Debian's two, and what CHROMIUM names.
browser() {
    local name
    for name in ${CHROMIUM:-} chromium-headless-shell chromium; do
        if command -v "$name"; then return; fi
    done
}

CHROMIUM=$(browser)
export CHROMIUM
if [[ -z $CHROMIUM ]]; then
    echo 'console: NOT TESTED, for there is no browser here.'
    echo 'HINT: apt-get install --no-install-recommends chromium-headless-shell, or CHROMIUM=/path/of/one; ./dev setup does.'
    [[ -z ${CI:-} ]] || exit 1
    exit 77
fi
cd -- "$folder"
exec node --test-reporter=spec browser.test.mjs
