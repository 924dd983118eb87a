# shellcheck shell=bash
stage 'another password'
mark
api main 8081 'another password' 200
await 'the journal says that the old one is refused' has_entry ACCOUNT=main PRIORITY=4
said=$(as ana 'sudo simsync check' 2>&1) && fail 'check says that the old password is good'
require_match 'check says so too' 'BAD +main: login' "$said"
sweeps_again second

types 'another password'
follow '### Another password'
sweeps_again main
require 'check' as ana 'sudo simsync check'

# A reload does not say that it took what it could not.
install -m 600 /dev/stdin /etc/simsync/main.password <<<'a third password'
refuse 'a reload with another password' systemctl reload simsync.service
install -m 600 /dev/stdin /etc/simsync/main.password <<<'another password'
systemctl restart simsync.service
sweeps_again main
