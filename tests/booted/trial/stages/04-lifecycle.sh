# shellcheck shell=bash
stage 'it stops within its time, starts and restarts'
sweeps_again main
runuser -u simsync -- bash -c 'echo left >/dev/shm/left-behind'
began=$(date +%s%N)
require 'stop' systemctl stop simsync.service
took=$((($(date +%s%N) - began) / 1000000))
((took < 15000)) || fail "stopping took $took ms"
require_equal 'it ended by itself, with 0' 'success 0' "$(property Result) $(property ExecMainStatus)"
[[ ! -e /dev/shm/left-behind ]] || fail 'RemoveIPC: shared memory outlived the service'
[[ ! -e /run/simsync ]] || fail 'RuntimeDirectory: it outlived the service'
exercised TimeoutStopSec RemoveIPC
require 'start' systemctl start simsync.service
sweeps_again main

# A container's systemd gives no more than it was given itself.
most=$(awk '/^Max open files/ { print $5 < 65536 ? $5 : 65536 }' /proc/1/limits)
require_equal 'LimitNOFILE' "$most" "$(awk '/^Max open files/ { print $4 }' "/proc/$(property MainPID)/limits")"
exercised LimitNOFILE

# More often than systemd would allow within ten seconds by itself.
for _ in 1 2 3 4 5 6 7; do require 'restart' systemctl restart simsync.service; done
sweeps_again main
exercised StartLimitIntervalSec

for each in network-online.target postgresql.service time-sync.target nss-lookup.target; do
    require_match "After=$each" "(^| )$each( |$)" "$(property After)"
done
require_match 'Wants=' 'network-online.target' "$(property Wants)"
exercised After Wants
