#!/bin/sh
# Runs memcached with all that is given on the command line: docker run memcached:1 -m 64
set -eu

case ${1:-} in
    -*) set -- memcached "$@" ;;
esac
exec "$@"
