#!/bin/bash
# Makes a database in /var/lib/mysql if there is none, then runs MariaDB.
#
#   MARIADB_ROOT_PASSWORD                root's password; required, unless
#   MARIADB_ALLOW_EMPTY_ROOT_PASSWORD    is set
#   MARIADB_DATABASE                     a database to create
#   MARIADB_USER, MARIADB_PASSWORD       a user to create, who may do all in that database
#
# Files in /docker-entrypoint-initdb.d run once, in the order of their names: *.sql, *.sql.gz,
# *.sql.xz, and *.sh (executed if executable, else sourced).
set -euo pipefail

DATA=/var/lib/mysql
SOCKET=/run/mysqld/mysqld.sock

say() {
    echo "entrypoint: $*" >&2
}

fail() {
    say "$@"
    exit 1
}

# A text as an SQL literal.
literal() {
    local text=${1//\\/\\\\}
    printf "'%s'" "${text//\'/\\\'}"
}

# A name in SQL.
name() {
    printf '`%s`' "${1//\`/\`\`}"
}

sql() {
    MYSQL_PWD="$MARIADB_ROOT_PASSWORD" mariadb --protocol=socket --socket="$SOCKET" --user=root "$@"
}

create_users() {
    local password
    password=$(literal "$MARIADB_ROOT_PASSWORD")
    MYSQL_PWD= mariadb --protocol=socket --socket="$SOCKET" --user=root << SQL
ALTER USER root@localhost IDENTIFIED BY $password;
CREATE USER root@'%' IDENTIFIED BY $password;
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
SQL
    if [ -n "$MARIADB_DATABASE" ]; then
        sql <<< "CREATE DATABASE IF NOT EXISTS $(name "$MARIADB_DATABASE");"
    fi
    if [ -n "$MARIADB_USER" ]; then
        sql <<< "CREATE USER $(literal "$MARIADB_USER")@'%' IDENTIFIED BY $(literal "$MARIADB_PASSWORD");"
        if [ -n "$MARIADB_DATABASE" ]; then
            sql <<< "GRANT ALL ON $(name "$MARIADB_DATABASE").* TO $(literal "$MARIADB_USER")@'%';"
        fi
    fi
}

run_initial_scripts() {
    local file
    local into=(${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"})
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh)
                say "runs $file"
                # shellcheck disable=SC1090
                if [ -x "$file" ]; then "$file"; else . "$file"; fi
                ;;
            *.sql) say "runs $file"; sql "${into[@]}" < "$file" ;;
            *.sql.gz) say "runs $file"; gunzip --stdout "$file" | sql "${into[@]}" ;;
            *.sql.xz) say "runs $file"; unxz --stdout "$file" | sql "${into[@]}" ;;
            */\*) ;;
            *) say "skips $file" ;;
        esac
    done
}

initialise() {
    local server
    if [ -z "$MARIADB_ROOT_PASSWORD" ] && [ -z "${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-}" ]; then
        fail "there is no database in $DATA and no password for root of a new one." \
            "Set MARIADB_ROOT_PASSWORD, or MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1."
    fi
    mariadb-install-db --datadir="$DATA" --auth-root-authentication-method=normal \
        --skip-test-db > /dev/null
    # On its socket alone: who waits for the port must not meet this server, which goes away again.
    "$@" --skip-networking --socket="$SOCKET" &
    server=$!
    until MYSQL_PWD= mariadb-admin --protocol=socket --socket="$SOCKET" --user=root ping \
        > /dev/null 2>&1; do
        kill -0 "$server" 2> /dev/null || fail "the server for the initialisation ended"
        sleep 0.1
    done
    create_users
    run_initial_scripts
    kill "$server"
    wait "$server"
    say "initialisation complete, MariaDB starts"
}

case ${1:-} in
    -*) set -- mariadbd "$@" ;;
esac
if [ "${1:-}" != mariadbd ]; then
    exec "$@"
fi

export MARIADB_ROOT_PASSWORD=${MARIADB_ROOT_PASSWORD:-} MARIADB_DATABASE=${MARIADB_DATABASE:-}
export MARIADB_USER=${MARIADB_USER:-} MARIADB_PASSWORD=${MARIADB_PASSWORD:-}

if [ "$(id -u)" = 0 ]; then
    mkdir -p /run/mysqld
    find "$DATA" /run/mysqld \! -user mysql -exec chown mysql:mysql {} +
    exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" "$@"
fi

# As process 1 a shell ignores these unless it says otherwise.
trap 'exit 1' INT TERM
if [ -d "$DATA/mysql" ]; then
    say "there is a database in $DATA, which is used as it is"
else
    initialise "$@"
fi
exec "$@"
