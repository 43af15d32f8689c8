"""What runs in the container of a node: a shell program that becomes the engine."""

from __future__ import annotations

__all__ = ["API_PORT", "BOOT", "CERTIFICATES", "CUT", "MEND", "READY_LINE", "SERVER_NAME"]

# Where the engine listens with TLS, inside its container.
API_PORT = 2376
# What the engine's certificate is for, besides the addresses in $NAMES.
SERVER_NAME = "pytest-engine-node"
# The folder, in the container, with ca.pem, cert.pem and key.pem for clients.
CERTIFICATES = "/certs/client"
# The engine says this once for each place where it listens: its socket, and the port.
READY_LINE = "API listen on"

# Some images have the older iptables beside the newer one, for kernels without the latter.
_TABLES = """\
iptables -nL > /dev/null 2>&1 || PATH="/usr/local/sbin/.iptables-legacy:$PATH"
"""

# Arguments: the engine's own, beyond those here. $NAMES: what its certificate is for.
BOOT = f"""\
{_TABLES}
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    # Version 2: a group that holds processes has no groups with limits below it, so they move.
    mkdir -p /sys/fs/cgroup/init
    while read -r process; do
        echo "$process" > /sys/fs/cgroup/init/cgroup.procs || true
    done < /sys/fs/cgroup/cgroup.procs
    sed 's/[^ ]*/+&/g' /sys/fs/cgroup/cgroup.controllers > /sys/fs/cgroup/cgroup.subtree_control
else
    # Version 1: without privileges the hierarchies are there for reading only.
    for hierarchy in /sys/fs/cgroup/*; do
        mount -o remount,bind,rw "$hierarchy" || true
    done
fi

# The state of a killed engine, which would hold up the next one.
find /run /var/run -name '*.pid' -exec rm -f {{}} + 2> /dev/null || true

if [ ! -e {CERTIFICATES}/ready ]; then
    umask 077
    mkdir -p {CERTIFICATES} /certs/server
    cd /certs
    key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
    openssl req -x509 $key -days 30 -subj /CN=pytest-engine -keyout ca-key.pem -out ca.pem
    for side in server client; do
        openssl req $key -subj /CN={SERVER_NAME} -keyout $side/key.pem -out $side.csr
        printf 'subjectAltName=DNS:{SERVER_NAME},%s\\nextendedKeyUsage=%sAuth\\n' \\
            "$NAMES" "$side" > $side.ext
        openssl x509 -req -in $side.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial \\
            -days 30 -extfile $side.ext -out $side/cert.pem
        cp ca.pem $side/ca.pem
    done
    rm -f ca-key.pem
    : > {CERTIFICATES}/ready
    cd /
fi 2> /certs.log || {{ cat /certs.log >&2; exit 1; }}
umask 022

# AppArmor's profiles cannot be loaded from in here, and this is how engines are told.
export container=docker
exec dockerd --host=unix:///var/run/docker.sock --host=tcp://0.0.0.0:{API_PORT} \\
    --tlsverify --tlscacert=/certs/server/ca.pem \\
    --tlscert=/certs/server/cert.pem --tlskey=/certs/server/key.pem \\
    --exec-opt=native.cgroupdriver=cgroupfs "$@"
"""

# Drop whatever comes from, and goes to, the addresses that are the arguments. The chain is
# filled before it is asked, and stays when it is filled again. It is asked before the engine's
# own rules take a packet to a published port to a container, or one from there out.
CUT = f"""\
{_TABLES}
iptables -w -t mangle -N PYTEST-ENGINE 2> /dev/null || true
for address in "$@"; do
    iptables -w -t mangle -A PYTEST-ENGINE -s "$address" -j DROP
    iptables -w -t mangle -A PYTEST-ENGINE -d "$address" -j DROP
done
for way in PREROUTING OUTPUT; do
    iptables -w -t mangle -C $way -j PYTEST-ENGINE 2> /dev/null ||
        iptables -w -t mangle -I $way -j PYTEST-ENGINE
done
"""

MEND = f"""\
{_TABLES}
iptables -w -t mangle -F PYTEST-ENGINE 2> /dev/null || true
"""
