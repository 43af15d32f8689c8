#!/bin/bash
# Makes a database cluster in $PGDATA if there is none, then runs PostgreSQL.
#
#   POSTGRES_PASSWORD          the superuser's password; required, unless
#   POSTGRES_HOST_AUTH_METHOD  is `trust` (default: scram-sha-256)
#   POSTGRES_USER              the superuser (postgres)
#   POSTGRES_DB                the database to create (the superuser's name)
#   POSTGRES_INITDB_ARGS       more options for initdb
#
# POSTGRES_PASSWORD_FILE names a file with the password; the same works for the user, the database
# and the options.
# Files in /docker-entrypoint-initdb.d run once, in the order of their names: *.sql, *.sql.gz,
# *.sql.xz, and *.sh (executed if executable, else sourced).
set -euo pipefail

say() {
    echo "entrypoint: $*" >&2
}

fail() {
    say "$@"
    exit 1
}

# setting NAME DEFAULT: export NAME from itself, from the file in NAME_FILE, or from the default.
setting() {
    local name=$1 file=$1_FILE
    if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
        fail "$name and $file exclude each other."
    fi
    if [ -n "${!file:-}" ]; then
        [ -r "${!file}" ] || fail "$file names ${!file}, which cannot be read."
        export "$name=$(< "${!file}")"
        unset "$file"
    else
        export "$name=${!name:-$2}"
    fi
}

create_cluster() {
    local password_file
    if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
        fail "there is no database in $PGDATA and no password for the superuser of a new one." \
            "Set POSTGRES_PASSWORD to a password, or POSTGRES_HOST_AUTH_METHOD=trust to let" \
            "everybody in without one."
    fi
    password_file=$(mktemp)
    # initdb refuses an empty password; with trust nobody asks for it.
    printf '%s\n' "${POSTGRES_PASSWORD:-$RANDOM$RANDOM}" > "$password_file"
    # shellcheck disable=SC2086
    initdb --username="$POSTGRES_USER" --pwfile="$password_file" --auth-local=trust \
        --auth-host=trust $POSTGRES_INITDB_ARGS
    rm "$password_file"
    printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >> "$PGDATA/pg_hba.conf"
}

sql() {
    psql --no-psqlrc --no-password --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" "$@"
}

run_initial_scripts() {
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh)
                say "runs $file"
                # shellcheck disable=SC1090
                if [ -x "$file" ]; then "$file"; else . "$file"; fi
                ;;
            *.sql) say "runs $file"; sql --dbname="$POSTGRES_DB" --file="$file" ;;
            *.sql.gz) say "runs $file"; gunzip --stdout "$file" | sql --dbname="$POSTGRES_DB" ;;
            *.sql.xz) say "runs $file"; unxz --stdout "$file" | sql --dbname="$POSTGRES_DB" ;;
            */\*) ;;
            *) say "skips $file" ;;
        esac
    done
}

initialise() {
    create_cluster
    # On its socket alone: who waits for the port must not meet this server, which goes away again.
    PGPASSWORD= pg_ctl --wait --options="-c listen_addresses=''" start
    if [ "$POSTGRES_DB" != postgres ]; then
        sql --dbname=postgres --set=name="$POSTGRES_DB" <<< 'CREATE DATABASE :"name";'
    fi
    run_initial_scripts
    pg_ctl --wait --mode=fast stop
    say "initialisation complete, PostgreSQL starts"
}

case ${1:-} in
    -*) set -- postgres "$@" ;;
esac
if [ "${1:-}" != postgres ]; then
    exec "$@"
fi

# Before root's rights are given up: a secret may be root's alone.
setting POSTGRES_PASSWORD ''
setting POSTGRES_USER postgres
setting POSTGRES_DB "$POSTGRES_USER"
setting POSTGRES_INITDB_ARGS ''
export POSTGRES_HOST_AUTH_METHOD=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}

if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA"
    find "$PGDATA" \! -user postgres -exec chown postgres:postgres {} +
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

# As process 1 a shell ignores these unless it says otherwise.
trap 'exit 1' INT TERM
if [ -s "$PGDATA/PG_VERSION" ]; then
    say "there is a database in $PGDATA, which is used as it is"
else
    initialise
fi
exec "$@"
