# shellcheck shell=bash
stage 'another configuration is taken by a reload, a bad one is kept out'
pid=$(property MainPID)
mark
edits 's/^balance_low = .*/balance_low = 4.00/'
follow '### Another configuration'
require 'the daemon took it' told 'took the new configuration'
require_equal 'a reload is no restart' "$pid" "$(property MainPID)"

mark
ana_edits 's/^balance_low = .*/balance_low = "much"/'
refuse 'systemctl reload of a bad file' systemctl reload simsync.service
require 'why is in the journal' told 'balance_low'
require_equal 'it goes on' "active $pid" "$(property ActiveState) $(property MainPID)"
said=$(as ana 'sudo simsync reload' 2>&1) && fail 'sudo simsync reload of a bad file ended with 0'
require_match 'sudo simsync reload names the mistake and what to do' 'HINT' "$said"
say '$ sudo simsync reload' "$said"
sweeps_again main

ana_edits 's/^balance_low = .*/balance_low = 5.00/'
require 'systemctl reload of a good file' systemctl reload simsync.service
exercised ExecReload
