#!/bin/sh
# Runs the registry with a configuration file: docker run registry:2 /etc/other.yml
set -eu

case ${1:-} in
    *.yaml | *.yml) set -- docker-registry serve "$@" ;;
    serve | garbage-collect | help | -*) set -- docker-registry "$@" ;;
esac
exec "$@"
