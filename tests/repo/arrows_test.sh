#!/bin/bash
# The test of the test: for each rule a tree that breaks only this one must be refused, with a sentence that names the
# place; and what merely looks like a breach must pass.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf -- "$tree"' EXIT
failures=0

check() {
    report=$("$here/arrows.sh" "$tree") && verdict=accepted || verdict=refused
}

complain() {
    echo "FAILED: $1"
    echo "${report:-(it said nothing)}"
    failures=$((failures + 1))
}

# Lays FILE with the lines given into an otherwise empty tree.
lay() {
    rm -rf -- "${tree:?}"/*
    mkdir -p -- "$tree/src" "$tree/include" "$tree/$(dirname -- "$1")"
    printf '%s\n' "${@:2}" >"$tree/$1"
}

# refuses FILE EXPECTED LINE…: the report contains EXPECTED.
refuses() {
    lay "$1" "${@:3}"
    check
    [[ $verdict == refused && $report == *"$2"* && $report == *HINT:* ]] || complain "not refused with '$2': $1: ${*:3}"
}

accepts() {
    lay "$@"
    check
    [[ $verdict == accepted ]] || complain "refused: $1: ${*:2}"
}

# Arrows.
refuses src/model/diff.cpp 'src/model/diff.cpp:2: model must not include store' '// x' '#include "simsync/store/mirror.hpp"'
refuses src/postgres/a.cpp 'postgres must not include store' '#include "store/reader.hpp"'
refuses include/simsync/api/a.hpp 'api must not include store' '#include "store/lane.hpp"'
refuses src/io/a.cpp 'io must not include api' '#include "api/client.hpp"'
refuses src/sink/a.cpp 'sink must not include sync' '#include "sync/sweeper.hpp"'
refuses src/store/a.cpp 'store must not include api' '#  include <simsync/api/client.hpp>'
refuses src/sync/a.cpp 'sync must not include config' '#include "config/config.hpp"'
refuses src/config/a.cpp 'config must not include api' '#include "api/client.hpp"'
refuses src/daemon/a.cpp 'daemon must not include cli' '#include "cli/output.hpp"'
refuses src/cli/a.cpp 'cli must not include simulator' '#include "simulator/fleet.hpp"'
refuses src/simulator/a.cpp 'simulator must not include api' '#include "simsync/api/client.hpp"'
refuses src/simulator/a.cpp 'simulator must not include model' '#include "simsync/model/money.hpp"'
refuses src/net.cpp 'belongs to none' '#include "model/diff.hpp"'
refuses src/attic/a.cpp "no room called 'attic'" '#include <vector>'
refuses src/api/a.cpp 'written from the top' '#include "../store/lane.hpp"'
accepts src/cli/a.cpp '#include "cli/output.hpp"' '#include "simsync/store/reader.hpp"' '#include <CLI/CLI.hpp>'
accepts src/sync/a.cpp '// #include "daemon/x.hpp"' '/* a' '#include "daemon/x.hpp"' '*/'

# Libraries.
refuses src/model/a.cpp 'standard library only, not <boost/json.hpp>' '#include <boost/json.hpp>'
refuses include/simsync/model/a.hpp 'standard library only, not <unistd.h>' '#include <unistd.h>'
refuses include/simsync/store/a.hpp 'public headers name no pqxx' '#include <pqxx/pqxx>'
refuses include/simsync/api/a.hpp 'public headers name no pqxx' '#include <boost/beast/http.hpp>'
refuses src/store/a.cpp 'libpqxx stays inside src/postgres/driver.cpp' '#include <pqxx/pqxx>'
refuses src/postgres/a.hpp 'libpqxx stays inside src/postgres/driver.cpp' '#include <pqxx/connection>'
accepts src/postgres/driver.cpp '#include <pqxx/pqxx>' '#include <vector>'
accepts include/simsync/api/a.hpp '#include <boost/asio/awaitable.hpp>'

# SQL.
refuses src/daemon/a.cpp 'src/daemon/a.cpp:2: SQL lives in' '' 'auto q = "select id from simsync.sim";'
refuses src/cli/a.cpp 'SQL lives in' 'run("SELECT a, "' '    "b FROM t");'
refuses src/sync/a.cpp 'src/sync/a.cpp:1: SQL lives in' 'run(R"sql(' '  update simsync.account' '  set x = 1' ')sql");'
refuses src/cli/a.cpp 'SQL lives in' 'auto c = '"'\"'"', d = 1'"'"'000; run("drop table simsync.sim");'
refuses src/daemon/a.cpp 'SQL lives in' 'run("insert into simsync.sweep values (1)");'
refuses src/daemon/a.cpp 'SQL lives in' 'run("listen simsync_events");'
refuses src/postgres/a.cpp 'knows no table of ours' 'run("select id from simsync.sim");'
accepts src/postgres/a.cpp 'run("select pg_backend_pid()"); run("listen simsync_events");'
accepts src/store/a.cpp 'run("select id from simsync.sim");'
accepts src/cli/a.cpp '// select id from simsync.sim' 'say("select one of the accounts"); say("update the schema");' \
    'say("listen");' 'say("cannot listen on {}"); say("begin"); say("commit");'

# The top level.
refuses docs/a.md 'docs: it has no place at the top level' x
refuses Makefile 'Makefile: it has no place' x
accepts .github/a.yml x
accepts build/a x

((failures == 0)) || exit 1
