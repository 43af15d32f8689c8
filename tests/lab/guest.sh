# Runs an engine in a container of the lab: its API is /lab/engine.sock, and the lab's registry has
# the address here that it has on the machine outside ($REGISTRY, as $REGISTRY_CONFIG says).
# The engine to run is the first argument: dockerd or podman.

if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    # Version 2: a group that holds processes cannot have groups with limits below it, so they
    # move into one of their own.
    mkdir -p /sys/fs/cgroup/lab
    while read -r process; do
        # One that has just ended cannot be moved.
        echo "$process" > /sys/fs/cgroup/lab/cgroup.procs || true
    done < /sys/fs/cgroup/cgroup.procs
    sed 's/[^ ]*/+&/g' /sys/fs/cgroup/cgroup.controllers > /sys/fs/cgroup/cgroup.subtree_control
else
    # Version 1: without privileges the hierarchies are there for reading only.
    for hierarchy in /sys/fs/cgroup/*; do
        mount -o remount,bind,rw "$hierarchy"
    done
fi

# Containers get no IPv6 from an engine that has none for them, not even on the loopback.
echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6 || true

# The same images, served a second time: the loopback address of this container is not the
# machine's, and the registry shall be reached from nowhere else.
docker-registry serve "$REGISTRY_CONFIG" > /lab/registry.log 2>&1 &

case $1 in
    dockerd)
        # AppArmor's profiles cannot be loaded from in here, and this is how engines are told.
        export container=docker
        exec dockerd --host=unix:///lab/engine.sock --group=0 \
            --exec-opt=native.cgroupdriver=cgroupfs --registry-mirror="http://$REGISTRY"
        ;;
    podman)
        cat > /etc/containers/registries.conf <<EOF
unqualified-search-registries = ["docker.io"]

[[registry]]
location = "docker.io"

[[registry.mirror]]
location = "$REGISTRY"
insecure = true

[[registry]]
location = "$REGISTRY"
insecure = true
EOF
        # RUN would raise these limits as far as they go, which takes CAP_SYS_RESOURCE. (dash
        # calls the number of processes p, bash u.)
        processes=$(ulimit -p 2>/dev/null || ulimit -u)
        cat > /etc/containers/containers.conf <<EOF
[containers]
default_ulimits = ["nofile=$(ulimit -Sn):$(ulimit -Hn)", "nproc=$processes:$processes"]
EOF
        # crun, its default, and systemd's control groups are for machines with version 2.
        exec podman --runtime=runc --cgroup-manager=cgroupfs \
            system service --time=0 unix:///lab/engine.sock
        ;;
esac
