# shellcheck shell=bash
stage 'a database elsewhere: over TCP, with scram and a password'
types 'the password of the database'
edits 's#^.url = "postgresql:///simsync"#url = "postgresql://127.0.0.1/simsync"\npassword_file = "database.password"#'
follow '### A database elsewhere'
sweeps_again main
[[ $(sql "select count(*) from pg_stat_activity where usename = 'simsync' and client_addr = '127.0.0.1'") -gt 0 ]] ||
    fail 'the daemon does not use TCP'
require 'sudo simsync status' as ana 'sudo simsync status'
