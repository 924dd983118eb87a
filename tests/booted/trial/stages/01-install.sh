# shellcheck shell=bash
# A minimal Debian: the package brings what it needs itself, and starts nothing.
stage 'a minimal Debian gets the package'
add_people
install -d -o ana -g ana /home/ana/build
cp /trial/packages/*.deb /home/ana/build
# Stands in for the partner's API, from its own package.
require 'the simulator installs' apt-get install -y /home/ana/build/simsync-simulator_*.deb
api main 8081 'the first password' 200
