#!/bin/sh
# Gives Mosquitto, which gives up root's rights itself, the files that it will read and write.
set -eu

if [ "$(id -u)" = 0 ]; then
    chown -R mosquitto:mosquitto /mosquitto
fi
exec "$@"
