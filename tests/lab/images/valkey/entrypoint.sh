#!/bin/sh
# Runs valkey-server as its own user, with all that is given on the command line:
#   docker run valkey/valkey:8 --appendonly yes
#   docker run valkey/valkey:8 valkey-server /etc/valkey.conf
set -eu

case ${1:-} in
    -* | *.conf) set -- valkey-server "$@" ;;
esac
if [ "${1:-}" = valkey-server ]; then
    shift
    case ${1:-} in
        *.conf) set -- valkey-server "$@" ;;
        # Without a configuration it refuses other containers unless a password is set.
        *) set -- valkey-server --protected-mode no "$@" ;;
    esac
    if [ "$(id -u)" = 0 ]; then
        find . \! -user valkey -exec chown valkey:valkey {} +
        exec setpriv --reuid=valkey --regid=valkey --init-groups "$@"
    fi
fi
exec "$@"
