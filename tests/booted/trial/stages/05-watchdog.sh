# shellcheck shell=bash
stage 'a daemon that hangs is restarted by the watchdog; meanwhile the sandbox'
pid=$(property MainPID)
mark
systemctl kill --signal=STOP simsync.service

lay_out_bait
require_sandbox
# What no program in the container can tell apart: as systemd has it.
require_equal 'DevicePolicy' closed "$(property DevicePolicy)"
require_equal 'KeyringMode' private "$(property KeyringMode)"
require_equal 'SystemCallArchitectures' native "$(property SystemCallArchitectures)"
exercised DevicePolicy KeyringMode SystemCallArchitectures

is_another_process() {
    [[ $(property MainPID) != "$pid" && $(property SubState) == running ]]
}
await 'the watchdog restarts it' is_another_process
require 'the watchdog is told' told 'Watchdog timeout'
sweeps_again main
exercised WatchdogSec Restart RestartSec
