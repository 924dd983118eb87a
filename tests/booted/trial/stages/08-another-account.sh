# shellcheck shell=bash
stage 'another account'
api second 8082 'the second password' 50
another_account='
[[account]]
name = "second"
endpoint = "http://127.0.0.1:8082"
username = "partner"
password_file = "second.password"
sweep_interval = "1s"
'

# What cannot be taken by a reload is refused, and says what is to be done.
mark
cp -a /etc/simsync/simsync.toml /tmp/simsync.toml
ana_edits '' "$another_account"
refuse 'an account whose password was not handed over' systemctl reload simsync.service
require 'the journal says what to do' told 'systemctl restart simsync'
sweeps_again main

# Without a password the daemon does not start, and says so.
systemctl restart simsync.service && fail 'it started without a password'
await 'it has ended' has_failed
require_equal 'it says that it is for a person' 78 "$(property ExecMainStatus)"
require 'the journal names the file' told '/etc/simsync/second.password'
await 'start errors are errors' has_entry PRIORITY=3

mv /tmp/simsync.toml /etc/simsync/simsync.toml
systemctl start simsync.service
types 'the second password'
edits '' "$another_account"
follow '### Another account'
await 'the second account is mirrored' has_swept second
sweeps_again main
follow '### Many accounts'
