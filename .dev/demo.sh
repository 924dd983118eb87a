# shellcheck shell=bash
cmd_demo() { :; }
