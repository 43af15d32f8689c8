"""What services had in Docker Cloud, by name: attributes, operations, states, strategies."""

from __future__ import annotations

# Those of a service, and those that it was created from and updated by.
ATTRIBUTES = frozenset(
    [
        "autodestroy",
        "autoredeploy",
        "autorestart",
        "bindings",
        "cap_add",
        "cap_drop",
        "cgroup_name",
        "cgroup_parent",
        "container_envvars",
        "container_ports",
        "containers",
        "cpu_shares",
        "cpuset",
        "current_num_containers",
        "deployed_datetime",
        "deployment_strategy",
        "destroyed_datetime",
        "devices",
        "dns",
        "dns_search",
        "domainname",
        "entrypoint",
        "extra_hosts",
        "hostname",
        "image",
        "image_name",
        "labels",
        "link_variables",
        "linked_from_service",
        "linked_to_service",
        "mac_address",
        "memory",
        "memory_swap",
        "name",
        "net",
        "nickname",
        "pid",
        "privileged",
        "public_dns",
        "read_only",
        "resource_uri",
        "roles",
        "run_command",
        "running_num_containers",
        "security_opt",
        "sequential_deployment",
        "stack",
        "started_datetime",
        "state",
        "stdin_open",
        "stopped_datetime",
        "stopped_num_containers",
        "synchronized",
        "tags",
        "target_num_containers",
        "tty",
        "user",
        "uuid",
        "volumes_from",
        "working_dir",
    ]
)
# Those that a service was told about, and nobody could set.
READ_ONLY = frozenset(
    [
        "cgroup_name",
        "containers",
        "current_num_containers",
        "deployed_datetime",
        "destroyed_datetime",
        "image_name",
        "link_variables",
        "linked_from_service",
        "public_dns",
        "resource_uri",
        "running_num_containers",
        "started_datetime",
        "state",
        "stopped_datetime",
        "stopped_num_containers",
        "synchronized",
        "uuid",
        "volumes_from",
    ]
)
OPERATIONS = frozenset(
    ["create", "get", "list", "logs", "redeploy", "scale", "start", "stop", "terminate", "update"]
)
# State -> the operations that it allowed.
STATES = {
    "Not running": {"start", "terminate"},
    "Starting": set(),
    "Running": {"stop", "redeploy", "terminate"},
    "Partly running": {"stop", "redeploy", "terminate"},
    "Scaling": set(),
    "Redeploying": set(),
    "Stopping": set(),
    "Stopped": {"start", "redeploy", "terminate"},
    "Terminating": set(),
    "Terminated": set(),
}
STRATEGIES = frozenset({"EMPTIEST_NODE", "HIGH_AVAILABILITY", "EVERY_NODE"})
