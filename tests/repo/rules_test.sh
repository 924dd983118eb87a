#!/bin/bash
# The alerting rules as Prometheus's own promtool reads them, and their tests. Usage: rules_test.sh PROMETHEUS_FOLDER
set -euo pipefail
cd -- "$1"

promtool check rules --lint-fatal simsync.rules.yml
promtool test rules simsync.rules.test.yml

# An alert that no test names could as well never fire.
untested=$(comm -23 <(sed -n 's/^ *- alert: //p' simsync.rules.yml | sort) \
    <(grep -oE 'alertname: [A-Za-z]+' simsync.rules.test.yml | cut -d ' ' -f 2 | sort -u))
[[ -z $untested ]] || { printf 'alerts without a test:\n%s\n' "$untested"; exit 1; }
