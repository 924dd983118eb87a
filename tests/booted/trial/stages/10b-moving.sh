# shellcheck shell=bash
stage 'moving the database, with its roles'
require 'a consumer' as ana 'sudo simsync events --consumer mover >/dev/null'
looks_with looks_at_the_move
looks_at_the_move() {
    # The new place is this server, once the old one is gone.
    case $1 in
        *'pg_dump --format'*) require 'the old one goes' runuser -u postgres -- dropdb simsync ;;
        *'start simsync'*) require 'it mirrors there' sweeps_again main ;;
    esac
}
follow '### The database'
looks_with :
require 'a consumer goes on where it was' as ana 'sudo simsync events --consumer mover >/dev/null'
require 'check' as ana 'sudo simsync check'
