# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh
# A living fleet on one screen: a throwaway PostgreSQL, the simulator, simsync between them, and the events as they come.
# Everything lies in one temporary folder and runs as children of this shell; when it ends, however it ends, all is gone.

readonly demo_sims=5000 demo_sweep=2
demo_churn=20
readonly postgres_bin=/usr/lib/postgresql/15/bin

demo_dir=          # the temporary folder
declare -A service # name -> process id
as_postgres=()     # what a command of PostgreSQL is prefixed with
simsync=()         # the program with its configuration
baseline_seq=0     # the last event about the fleet as we found it: those after it are shown

cmd_demo() {
    local seconds
    seconds=$(demo_seconds "$@")
    install_missing build postgresql
    build release "${programs[@]}"

    forget_surroundings
    trap end_demo EXIT
    make_demo_dir
    start_postgres
    start_simulator
    start_simsync
    announce "$seconds"
    follow "$seconds"
    summary
}

# --seconds N or --seconds=N; nothing means until it is stopped.
demo_seconds() {
    local value=
    case $#:${1:-} in
        0:) return ;;
        2:--seconds) value=$2 ;;
        1:--seconds=*) value=${1#*=} ;;
        *) fail "$EX_USAGE" "dev demo: '$*' is not understood." './dev demo [--seconds N]' ;;
    esac
    [[ $value =~ ^[1-9][0-9]{0,5}$ ]] ||
        fail "$EX_USAGE" "dev demo: '$value' is not a number of seconds." './dev demo --seconds 60'
    echo "$value"
}

# The user's own database, credentials and service manager have no part in this.
forget_surroundings() {
    unset "${!PG@}" CREDENTIALS_DIRECTORY NOTIFY_SOCKET SIMSYNC_CONFIG
}

# In /tmp, whatever TMPDIR says: the path of a Unix socket may have 107 bytes. PostgreSQL refuses root, so as root its
# user gets a folder of its own inside. Nobody else can enter that one: the server trusts whoever reaches it.
make_demo_dir() {
    umask 077
    demo_dir=$(mktemp -d /tmp/simsync-demo.XXXXXX)
    mkdir "$demo_dir/pg"
    as_postgres=(env -C "$demo_dir/pg" setpriv --pdeathsig INT)
    if ((EUID == 0)); then
        chmod 711 "$demo_dir"
        chown postgres: "$demo_dir/pg"
        as_postgres+=(--reuid postgres --regid postgres --init-groups)
    fi
    head -c 18 /dev/urandom | base64 >"$demo_dir/demo.password"
    # Should this shell be killed outright, the kernel ends what runs (--pdeathsig) and the guard clears up behind it.
    # shellcheck disable=SC2016  # it is the guard that expands
    start guard bash -c 'tail --pid="$1" -f /dev/null
        for _ in {1..100}; do rm -rf -- "$2" && break; sleep 0.1; done' guard $$ "$demo_dir"
}

# --- what runs --------------------------------------------------------------------------------------------------------

# start NAME COMMAND…: in a session of its own, so that Ctrl-C reaches only us and we end things in their order.
start() {
    local name=$1
    shift
    env --default-signal=INT,QUIT setsid "$@" </dev/null >"$demo_dir/$name.log" 2>&1 &
    service[$name]=$!
}

# await NAME DEED COMMAND…: until the command succeeds, as long as the service lives, at most half a minute.
await() {
    local name=$1 what=$2 deadline=$((SECONDS + 30))
    shift 2
    until "$@" >/dev/null 2>&1; do
        alive "$name" || died "$name" 'ended by itself'
        ((SECONDS < deadline)) || died "$name" "took more than half a minute to $what"
        sleep 0.1
    done
}

alive() {
    kill -0 "${service[$1]}" 2>/dev/null
}

died() {
    local name=$1 how=$2 kept=$root/build/log/demo
    mkdir -p "$kept"
    cp "$demo_dir"/*.log "$kept"
    printf '\n%sThe end of the log of %s:%s\n' "$dim" "$name" "$plain" >&2
    tail -n 25 "$kept/$name.log" >&2
    fail "$EX_SOFTWARE" "dev demo: $name $how." "all logs are kept in $kept."
}

start_postgres() {
    step 'demo: a throwaway PostgreSQL' "${as_postgres[@]}" "$postgres_bin/initdb" -D "$demo_dir/pg/data" \
        -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N --no-instructions
    start postgresql "${as_postgres[@]}" "$postgres_bin/postgres" -D "$demo_dir/pg/data" -k "$demo_dir/pg" \
        -c listen_addresses= -c fsync=off
    await postgresql 'start' "$postgres_bin/pg_isready" -h "$demo_dir/pg"
    sql_in postgres 'create database simsync'
}

start_simulator() {
    start simulator setpriv --pdeathsig TERM build/release/simsync-simulator --listen 127.0.0.1:0 \
        --sims $demo_sims --churn $demo_churn --username demo --password-file "$demo_dir/demo.password"
    await simulator 'listen' grep -q 'http://' "$demo_dir/simulator.log"
}

# As it should be anywhere: the schema belongs to one role, the daemon has another, with no more than the writer's rights.
start_simsync() {
    console=127.0.0.1:$(free_port)
    configuration >"$demo_dir/simsync.toml"
    simsync=(env PGUSER=postgres build/release/simsync --config "$demo_dir/simsync.toml")
    step 'demo: its schema' "${simsync[@]}" migrate
    sql 'create role simsync login in role simsync_writer'
    simsync[1]=PGUSER=simsync

    step_begins 'demo: the first sweep'
    start simsync setpriv --pdeathsig TERM "${simsync[@]}" run
    await simsync 'sweep for the first time' is_baselined
    baseline_seq=$(sql 'select last_seq from simsync.account')
    step_done "$(baseline)"
}

configuration() {
    cat <<END
[database]
url = "host=$demo_dir/pg dbname=simsync"

[[account]]
name = "demo"
endpoint = "$(grep -o 'http://[0-9.:]*' "$demo_dir/simulator.log" | head -n 1)"
username = "demo"
password_file = "demo.password"
sweep_interval = "${demo_sweep}s"

[removal]
guard_fraction = 0.05
guard_minimum = 50

[alert]
balance_low = 5.00
tariff_expiry_warnings = ["7d", "3d", "1d"]
stale_after = "30s"

[http]
listen = "$console"

[log]
format = "text"
END
}

# Below the range from which the kernel hands out ports, and nobody answers there.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)) && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

# --- what is shown ----------------------------------------------------------------------------------------------------

announce() {
    local seconds=$1 psql="psql -h $demo_dir/pg -U postgres simsync"
    if [[ $EUID == 0 && -n ${SUDO_USER:-} ]]; then psql="sudo $psql"; fi
    cat <<END

${bold}simsync${plain} mirrors a living fleet of $demo_sims SIMs: $demo_churn changes a second, a sweep every $demo_sweep seconds.

  the console   ${bold}http://$console/${plain}
  look around   ${bold}$psql${plain}
  one SIM       PGUSER=simsync build/release/simsync --config $demo_dir/simsync.toml history ID
  metrics       http://$console/metrics
  log           tail -f $demo_dir/simsync.log
  stop          Ctrl-C${seconds:+, or by itself in $seconds s}; nothing stays behind

END
}

# Prints the events after the baseline until the time is over; whoever ends before that has failed.
follow() {
    local seconds=$1 colour=() name
    if [[ -n $bold ]]; then colour=(CLICOLOR_FORCE=1); fi
    env "${colour[@]}" setsid setpriv --pdeathsig TERM "${simsync[@]}" events --follow --after "$baseline_seq" \
        </dev/null 2>"$demo_dir/events.log" &
    service[events]=$!
    setsid setpriv --pdeathsig TERM sleep "${seconds:-infinity}" &
    service[clock]=$!

    wait -n "${service[@]}" || true
    for name in postgresql simulator simsync events; do
        alive "$name" || died "$name" 'ended by itself'
    done
    end events
}

summary() {
    printf '\n%sThe events shown%s\n' "$bold" "$plain"
    events_by_kind
    printf '\n%sWhat the mirror holds%s\n' "$bold" "$plain"
    totals
    printf '\n%sWhat a demo should have shown%s\n' "$bold" "$plain"
    while read -r pattern name; do shown "$pattern" "$name"; done <<'END'
^balance[.] balance
^tariff[.]expir(ing|ed)$ tariff expiry
^sim[.]blocked$ blocked
^sim[.]added$ added
^sim[.]removed$ removed
END
}

shown() {
    local count
    count=$(sql "select count(*) from simsync.change_event where seq > $baseline_seq and kind ~ '$1'")
    if ((count > 0)); then
        printf '  %s✓%s %-15s %7s\n' "$green" "$plain" "$2" "$count"
    else
        printf '  %s–%s %-15s none in this time\n' "$red" "$plain" "$2"
    fi
}

sql() { sql_in simsync "$1"; }

# In a session of its own: Ctrl-C is for us, not for psql to chat about.
sql_in() {
    setsid -w "$postgres_bin/psql" -h "$demo_dir/pg" -U postgres -d "$1" -XAtq -P pager=off -v ON_ERROR_STOP=1 -c "$2"
}

# The first sweep is complete, and the clock has told of what was due before we came: hundreds of lapsed tariffs, which
# would push the announcement off the screen.
is_baselined() {
    [[ $(sql "select exists (select from simsync.sweep where outcome = 'complete') and not exists (
                  select from simsync.sim s where removed_at is null and tariff_expires_at < now() - interval '2 s'
                  and not exists (select from simsync.change_event e where e.sim = s.id and e.kind = 'tariff.expired'))"
        ) == t ]]
}

baseline() {
    sql "select format('%s SIMs, %s conditions told', items, $baseline_seq) from simsync.sweep
         where outcome = 'complete' order by id limit 1"
}

events_by_kind() {
    sql "select format('  %s %s %s', rpad(kind, 26), rpad(severity, 8), lpad(count(*)::text, 7))
         from simsync.change_event where seq > $baseline_seq
         group by kind, severity order by count(*) desc, kind"
}

totals() {
    sql "select format('  %s SIMs, %s more that were removed', count(*) - count(removed_at), count(removed_at))
         from simsync.sim"
    sql "select format('  %s events, %s of them about the fleet as it was found', count(*), $baseline_seq)
         from simsync.change_event"
    sql "select format('  %s sweeps %s, %s ms each', count(*), outcome,
                       round(1000 * avg(extract(epoch from coalesce(finished_at, now()) - started_at))))
         from simsync.sweep group by outcome order by count(*) desc"
    sql "select format('  %s of SIMs, %s of events, %s in all',
                       pg_size_pretty(pg_total_relation_size('simsync.sim')),
                       pg_size_pretty((select sum(pg_total_relation_size(relid))
                                       from pg_partition_tree('simsync.change_event'))),
                       pg_size_pretty(pg_database_size(current_database())))"
}

# --- how it ends ------------------------------------------------------------------------------------------------------

# From the front to the back, so that nobody loses the ground under their feet. PostgreSQL's fast shutdown frees its
# shared memory. Nothing may interrupt this; whom a signal caught between start and its note is a job all the same.
end_demo() {
    local pid
    trap '' HUP INT PIPE TERM
    for name in clock events simsync simulator; do end "$name"; done
    end postgresql INT
    for pid in $(jobs -p); do end_process "$pid" INT; done
    [[ -z $demo_dir ]] || rm -rf -- "$demo_dir"
}

end() {
    local pid=${service[$1]:-}
    unset "service[$1]"
    [[ -z $pid ]] || end_process "$pid" "${2:-TERM}"
}
