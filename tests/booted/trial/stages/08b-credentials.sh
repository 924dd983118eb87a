# shellcheck shell=bash
stage 'what systemd cannot hand over'
echo odd >'/etc/simsync/second.password:old'
refuse 'it starts' systemctl restart simsync.service
require_equal 'systemd says why' 243 "$(property ExecMainStatus)"
said=$(as ana 'sudo simsync check' 2>&1) && fail 'check finds it good'
require_match 'check says what systemd does not' '^BAD +credentials .*second.password:old' "$said"
say '$ sudo simsync check' "$said"
rm '/etc/simsync/second.password:old'
await 'it is started again and again until it can be' is_running
sweeps_again main
