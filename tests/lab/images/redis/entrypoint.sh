#!/bin/sh
# Runs redis-server as its own user, with all that is given on the command line:
#   docker run redis:7 --appendonly yes
#   docker run redis:7 redis-server /etc/redis.conf
set -eu

case ${1:-} in
    -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "${1:-}" = redis-server ]; then
    shift
    case ${1:-} in
        *.conf) set -- redis-server "$@" ;;
        # Without a configuration it refuses other containers unless a password is set.
        *) set -- redis-server --protected-mode no "$@" ;;
    esac
    if [ "$(id -u)" = 0 ]; then
        find . \! -user redis -exec chown redis:redis {} +
        exec setpriv --reuid=redis --regid=redis --init-groups "$@"
    fi
fi
exec "$@"
