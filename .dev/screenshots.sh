# shellcheck shell=bash disable=SC2034,SC2154  # `root` comes from dev, the rest from common.sh, build.sh and demo.sh
# Pictures of the console, taken of the demo's own fleet by a real browser (tests/console/screenshots.mjs).

readonly pictures=build/screenshots
readonly picture_of_readme=.github/console.png

# As long as the fleet lives before it is looked at, and what that is stretched to.
readonly pictured_seconds=75 pictured_days=9

cmd_screenshots() {
    takes_no_arguments screenshots "$@"
    install_missing build postgresql browser
    build release "${programs[@]}"
    require_browser

    forget_surroundings
    trap end_demo EXIT
    make_demo_dir
    start_postgres
    demo_churn=160
    start_simulator
    start_simsync
    step "screenshots: a life of $pictured_seconds s" sleep "$((pictured_seconds - 10))"
    step 'screenshots: a consumer' "${simsync[@]}" events --consumer billing --limit 5000
    sleep 10
    quiet_down
    step_begins "screenshots: as if it were $pictured_days days"
    stretch_time
    step_done 'done'
    step 'screenshots: packages' tests/npm_install.sh tests/console build/release/tests/console
    step 'screenshots: every page' env CHROMIUM="$(browser)" node build/release/tests/console/screenshots.mjs \
        "http://$console" "$(sim_with_a_story)" "$root/$pictures"
    install -m 644 -- "$pictures/readme.png" "$picture_of_readme"
    echo "They are in $pictures; $picture_of_readme opens the README."
}

browser() {
    local name
    for name in ${CHROMIUM:-} chromium-headless-shell chromium; do
        if command -v "$name"; then return; fi
    done
}

require_browser() {
    [[ -n $(browser) ]] ||
        fail "$EX_UNAVAILABLE" 'dev screenshots: there is no Chromium here.' \
            'apt-get install --no-install-recommends chromium-headless-shell, or CHROMIUM=/path/of/one'
}

# No sweep from now on: the pictures are of one moment.
quiet_down() {
    sed -i 's/^sweep_interval = .*/sweep_interval = "1h"/; s/^stale_after = .*/stale_after = "3h"/' "$demo_dir/simsync.toml"
    kill -HUP "${service[simsync]}"
    await simsync 'end its sweep' is_quiet
}

is_quiet() {
    grep -q 'took the new configuration' "$demo_dir/simsync.log" &&
        [[ $(sql "select now() - max(coalesce(finished_at, now())) > interval '5 s' from simsync.sweep") == t ]]
}

# A demo has no past, and a chart of a minute shows nothing: what happened in it is spread over days. In this throwaway
# database only; amounts, order and reasons stay what they were.
stretch_time() {
    sql "select simsync.ensure_partitions(now() - interval '$((pictured_days + 1)) days')" >/dev/null
    sql "set session_replication_role = replica;
         create function pg_temp.stretched(moment timestamptz) returns timestamptz language sql stable as
             \$\$select now() - (now() - moment) * $((pictured_days * 86400 / pictured_seconds))\$\$;
         update simsync.change_event set observed_at = pg_temp.stretched(observed_at), recorded_at = pg_temp.stretched(recorded_at),
             previous_observed_at = pg_temp.stretched(previous_observed_at);
         update simsync.sim set first_seen_at = pg_temp.stretched(first_seen_at), changed_at = pg_temp.stretched(changed_at),
             removed_at = pg_temp.stretched(removed_at), blocked_since = pg_temp.stretched(blocked_since);
         update simsync.condition set raised_at = pg_temp.stretched(raised_at);
         update simsync.ledger set baselined_at = pg_temp.stretched(baselined_at), leader_since = pg_temp.stretched(leader_since);"
}

# Of those with more to tell than their balance, the one whose balance moved most often.
sim_with_a_story() {
    sql "select sim from simsync.change_event e join simsync.sim_current s on s.account = e.account and s.id = e.sim
          group by sim having count(distinct kind) > 2
          order by count(*) filter (where kind = 'balance.changed') desc, count(*) desc, sim limit 1"
}
