# shellcheck shell=bash
stage 'backup and restore'
require 'a consumer' as ana 'sudo simsync events --consumer pager >/dev/null'
looks_with looks_at_the_restore
looks_at_the_restore() {
    # Between the backup and the restore there is more to tell, and somebody reads it.
    if [[ $1 == *pg_dump* ]]; then
        require 'something happens' as ana 'sudo simsync sim block --account main 10000010 >/dev/null'
        require 'the consumer reads it' as ana 'sudo simsync events --consumer pager >/dev/null'
    fi
}
follow '### Backup and restore'
looks_with :
sweeps_again main
said=$(as ana 'sudo simsync events --consumer pager' 2>&1) && fail 'a consumer ahead of a restored backup reads on'
require_match 'it is told what to do' 'HINT' "$said"
say '$ sudo simsync events --consumer pager' "$said"
require 'check' as ana 'sudo simsync check'
