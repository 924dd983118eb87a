# shellcheck shell=bash
stage 'README, "Running it", word for word'
types 'the first password'
edits 's#^endpoint = .*#endpoint = "http://127.0.0.1:8081"#; s/^.sweep_interval = .*/sweep_interval = "1s"/'
mark
follow '## Running it'

stage 'it runs as its unit says'
require_equal 'Type=notify' running "$(property SubState)"
require_equal 'User=' simsync "$(property User)"
require_equal 'it is enabled' enabled "$(systemctl is-enabled simsync)"
exercised Type NotifyAccess ExecStart User Group WantedBy Description Documentation
await 'a first sweep' has_swept main
await 'STATUS=' status_text_matches '.'
say "STATUS: $(property StatusText)"
require_match '/readyz' '200' "$(http /readyz | head -n 1)"
refuse 'the credentials are for simsync alone' runuser -u ben -- ls /run/credentials/simsync.service
