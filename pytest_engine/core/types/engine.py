# Generated from the description of Engine API 1.55 by pytest_engine.generate.
# Change the generator, not this file.
# ruff: noqa: D101
"""The Engine's JSON as TypedDicts: every key is optional, as engines differ in what they send.

A comment such as ``# API 1.44`` names the first version that has the field, where that is
newer than 1.41; ``# gone with API 1.52`` the first that lacks it.
"""

from __future__ import annotations

from typing import Literal, Optional, TypedDict


class Address(TypedDict, total=False):
    Addr: str
    PrefixLen: int


class AttestationStatement(TypedDict, total=False):
    Descriptor: OCIDescriptor
    PredicateType: str
    Statement: dict[str, object] | None


class AuthConfig(TypedDict, total=False):
    username: str
    password: str
    serveraddress: str
    email: str  # gone with API 1.52


class AuthResponse(TypedDict, total=False):
    Status: str
    IdentityToken: str


class BuildCache(TypedDict, total=False):
    ID: str
    Parents: list[str] | None  # API 1.42
    Type: Literal[
        "internal",
        "frontend",
        "source.local",
        "source.git.checkout",
        "exec.cachemount",
        "regular",
    ]
    Description: str
    InUse: bool
    Shared: bool
    Size: int
    CreatedAt: str
    LastUsedAt: str | None
    UsageCount: int
    Parent: str  # gone with API 1.42


class BuildCacheDiskUsage(TypedDict, total=False):
    ActiveCount: int
    TotalCount: int
    Reclaimable: int
    TotalSize: int
    Items: list[object]


class BuildIdentity(TypedDict, total=False):
    Ref: str
    CreatedAt: str


class BuildInfo(TypedDict, total=False):
    id: str
    stream: str
    errorDetail: ErrorDetail
    status: str
    progressDetail: ProgressDetail
    aux: ImageID
    error: str  # gone with API 1.52
    progress: str  # gone with API 1.52


class BuildPruneResponse(TypedDict, total=False):
    CachesDeleted: list[str]
    SpaceReclaimed: int


class ClusterInfo(TypedDict, total=False):
    ID: str
    Version: ObjectVersion
    CreatedAt: str
    UpdatedAt: str
    Spec: SwarmSpec
    TLSInfo: TLSInfo
    RootRotationInProgress: bool
    DataPathPort: int
    DefaultAddrPool: list[str]
    SubnetSize: int


class ClusterVolume(TypedDict, total=False):
    ID: str
    Version: ObjectVersion
    CreatedAt: str
    UpdatedAt: str
    Spec: ClusterVolumeSpec
    Info: ClusterVolumeInfo
    PublishStatus: list[ClusterVolumePublishStatus]


class ClusterVolumeInfo(TypedDict, total=False):
    CapacityBytes: int
    VolumeContext: dict[str, str]
    VolumeID: str
    AccessibleTopology: list[Topology]


class ClusterVolumePublishStatus(TypedDict, total=False):
    NodeID: str
    State: Literal[
        "pending-publish",
        "published",
        "pending-node-unpublish",
        "pending-controller-unpublish",
    ]
    PublishContext: dict[str, str]


class ClusterVolumeSpec(TypedDict, total=False):
    Group: str
    AccessMode: ClusterVolumeSpecAccessMode


class ClusterVolumeSpecAccessMode(TypedDict, total=False):
    Scope: Literal["single", "multi"]
    Sharing: Literal["none", "readonly", "onewriter", "all"]
    MountVolume: dict[str, object]
    Secrets: list[ClusterVolumeSpecAccessModeSecrets]
    AccessibilityRequirements: ClusterVolumeSpecAccessModeAccessibilityRequirements
    CapacityRange: ClusterVolumeSpecAccessModeCapacityRange
    Availability: Literal["active", "pause", "drain"]


class ClusterVolumeSpecAccessModeAccessibilityRequirements(TypedDict, total=False):
    Requisite: list[Topology]
    Preferred: list[Topology]


class ClusterVolumeSpecAccessModeCapacityRange(TypedDict, total=False):
    RequiredBytes: int
    LimitBytes: int


class ClusterVolumeSpecAccessModeSecrets(TypedDict, total=False):
    Key: str
    Secret: str


class Commit(TypedDict, total=False):
    ID: str
    Expected: str  # gone with API 1.49


class Config(TypedDict, total=False):
    ID: str
    Version: ObjectVersion
    CreatedAt: str
    UpdatedAt: str
    Spec: ConfigSpec


class ConfigSpec(TypedDict, total=False):
    Name: str
    Labels: dict[str, str]
    Data: str
    Templating: Driver


class ConfigCreateBody(ConfigSpec, total=False):
    pass


class ConfigCreateResponse(TypedDict, total=False):
    ID: str


class ConfigReference(TypedDict, total=False):
    Network: str


class ContainerBlkioStatEntry(TypedDict, total=False):
    major: int
    minor: int
    op: str
    value: int


class ContainerBlkioStats(TypedDict, total=False):
    io_service_bytes_recursive: list[ContainerBlkioStatEntry]
    io_serviced_recursive: list[ContainerBlkioStatEntry] | None
    io_queue_recursive: list[ContainerBlkioStatEntry] | None
    io_service_time_recursive: list[ContainerBlkioStatEntry] | None
    io_wait_time_recursive: list[ContainerBlkioStatEntry] | None
    io_merged_recursive: list[ContainerBlkioStatEntry] | None
    io_time_recursive: list[ContainerBlkioStatEntry] | None
    sectors_recursive: list[ContainerBlkioStatEntry] | None


class ContainerCPUStats(TypedDict, total=False):
    cpu_usage: ContainerCPUUsage
    system_cpu_usage: int | None
    online_cpus: int | None
    throttling_data: ContainerThrottlingData


class ContainerCPUUsage(TypedDict, total=False):
    total_usage: int
    percpu_usage: list[int] | None
    usage_in_kernelmode: int
    usage_in_usermode: int


class ContainerConfig(TypedDict, total=False):
    Hostname: str
    Domainname: str
    User: str
    AttachStdin: bool
    AttachStdout: bool
    AttachStderr: bool
    ExposedPorts: dict[str, dict[str, object]] | None
    Tty: bool
    OpenStdin: bool
    StdinOnce: bool
    Env: list[str]
    Cmd: list[str]
    Healthcheck: HealthConfig
    ArgsEscaped: bool | None
    Image: str
    Volumes: dict[str, dict[str, object]]
    WorkingDir: str
    Entrypoint: list[str]
    NetworkDisabled: bool | None
    OnBuild: list[str] | None
    Labels: dict[str, str]
    StopSignal: str | None
    StopTimeout: int | None
    Shell: list[str] | None
    MacAddress: str | None  # gone with API 1.52


class ContainerCreateBody(ContainerConfig, total=False):
    HostConfig: HostConfig
    NetworkingConfig: NetworkingConfig


class ContainerCreateResponse(TypedDict, total=False):
    Id: str
    Warnings: list[str]


class ContainerExecBody(TypedDict, total=False):
    AttachStdin: bool
    AttachStdout: bool
    AttachStderr: bool
    ConsoleSize: list[int] | None  # API 1.42
    DetachKeys: str
    Tty: bool
    Env: list[str]
    Cmd: list[str]
    Privileged: bool
    User: str
    WorkingDir: str


class ContainerInspectResponse(TypedDict, total=False):
    Id: str
    Created: str | None
    Path: str
    Args: list[str]
    State: ContainerState
    Image: str
    ResolvConfPath: str
    HostnamePath: str
    HostsPath: str
    LogPath: str | None
    Name: str
    RestartCount: int
    Driver: str
    Platform: str
    ImageManifestDescriptor: OCIDescriptor
    MountLabel: str
    ProcessLabel: str
    AppArmorProfile: str
    ExecIDs: list[str] | None
    HostConfig: HostConfig
    GraphDriver: DriverData
    Storage: Storage  # API 1.52
    SizeRw: int | None
    SizeRootFs: int | None
    Mounts: list[MountPoint]
    Config: ContainerConfig
    NetworkSettings: NetworkSettings


class ContainerMemoryStats(TypedDict, total=False):
    usage: int | None
    max_usage: int | None
    stats: dict[str, int | None]
    failcnt: int | None
    limit: int | None
    commitbytes: int | None
    commitpeakbytes: int | None
    privateworkingset: int | None


class ContainerNetworkStats(TypedDict, total=False):
    rx_bytes: int
    rx_packets: int
    rx_errors: int
    rx_dropped: int
    tx_bytes: int
    tx_packets: int
    tx_errors: int
    tx_dropped: int
    endpoint_id: str | None
    instance_id: str | None


class ContainerPidsStats(TypedDict, total=False):
    current: int | None
    limit: int | None


class ContainerPruneResponse(TypedDict, total=False):
    ContainersDeleted: list[str]
    SpaceReclaimed: int


class ContainerState(TypedDict, total=False):
    Status: Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]
    Running: bool
    Paused: bool
    Restarting: bool
    OOMKilled: bool
    Dead: bool
    Pid: int
    ExitCode: int
    Error: str
    StartedAt: str
    FinishedAt: str
    Health: Health


class ContainerStatsResponse(TypedDict, total=False):
    id: str | None
    name: str | None
    os_type: str | None  # API 1.52
    read: str
    cpu_stats: ContainerCPUStats
    memory_stats: ContainerMemoryStats
    networks: dict[str, ContainerNetworkStats] | None
    pids_stats: ContainerPidsStats
    blkio_stats: ContainerBlkioStats
    num_procs: int
    storage_stats: ContainerStorageStats
    preread: str
    precpu_stats: ContainerCPUStats


class ContainerStatus(TypedDict, total=False):
    ContainerID: str
    PID: int
    ExitCode: int


class ContainerStorageStats(TypedDict, total=False):
    read_count_normalized: int | None
    read_size_bytes: int | None
    write_count_normalized: int | None
    write_size_bytes: int | None


class ContainerSummary(TypedDict, total=False):
    Id: str
    Names: list[str]
    Image: str
    ImageID: str
    ImageManifestDescriptor: OCIDescriptor  # API 1.48
    Command: str
    Created: int
    Ports: list[PortSummary]
    SizeRw: int | None
    SizeRootFs: int | None
    Labels: dict[str, str]
    State: Literal["created", "running", "paused", "restarting", "exited", "removing", "dead"]
    Status: str
    HostConfig: ContainerSummaryHostConfig
    NetworkSettings: ContainerSummaryNetworkSettings
    Mounts: list[MountPoint]
    Health: ContainerSummaryHealth  # API 1.52


class ContainerSummaryHealth(TypedDict, total=False):
    Status: Literal["none", "starting", "healthy", "unhealthy"]  # API 1.52
    FailingStreak: int  # API 1.52


class ContainerSummaryHostConfig(TypedDict, total=False):
    NetworkMode: str
    Annotations: dict[str, str] | None  # API 1.46


class ContainerSummaryNetworkSettings(TypedDict, total=False):
    Networks: dict[str, EndpointSettings]


class ContainerThrottlingData(TypedDict, total=False):
    periods: int
    throttled_periods: int
    throttled_time: int


class ContainerTopResponse(TypedDict, total=False):
    Titles: list[str]
    Processes: list[list[str]]


class Resources(TypedDict, total=False):
    CpuShares: int
    Memory: int
    CgroupParent: str
    BlkioWeight: int
    BlkioWeightDevice: list[ResourcesBlkioWeightDevice]
    BlkioDeviceReadBps: list[ThrottleDevice]
    BlkioDeviceWriteBps: list[ThrottleDevice]
    BlkioDeviceReadIOps: list[ThrottleDevice]
    BlkioDeviceWriteIOps: list[ThrottleDevice]
    CpuPeriod: int
    CpuQuota: int
    CpuRealtimePeriod: int
    CpuRealtimeRuntime: int
    CpusetCpus: str
    CpusetMems: str
    Devices: list[DeviceMapping]
    DeviceCgroupRules: list[str]
    DeviceRequests: list[DeviceRequest]
    MemoryReservation: int
    MemorySwap: int
    MemorySwappiness: int
    NanoCpus: int
    OomKillDisable: bool
    Init: bool | None
    PidsLimit: int | None
    Ulimits: list[ResourcesUlimits]
    CpuCount: int
    CpuPercent: int
    IOMaximumIOps: int
    IOMaximumBandwidth: int
    KernelMemory: int  # gone with API 1.42
    KernelMemoryTCP: int  # gone with API 1.52


class ContainerUpdateBody(Resources, total=False):
    RestartPolicy: RestartPolicy


class ContainerUpdateResponse(TypedDict, total=False):
    Warnings: list[str]


class ContainerWaitExitError(TypedDict, total=False):
    Message: str


class ContainerWaitResponse(TypedDict, total=False):
    StatusCode: int
    Error: ContainerWaitExitError


class ContainerdInfo(TypedDict, total=False):
    Address: str
    Namespaces: ContainerdInfoNamespaces


class ContainerdInfoNamespaces(TypedDict, total=False):
    Containers: str
    Plugins: str


class ContainersDiskUsage(TypedDict, total=False):
    ActiveCount: int
    TotalCount: int
    Reclaimable: int
    TotalSize: int
    Items: list[object]


class CreateImageInfo(TypedDict, total=False):
    id: str
    errorDetail: ErrorDetail
    status: str
    progressDetail: ProgressDetail
    error: str  # gone with API 1.52
    progress: str  # gone with API 1.52


class DeviceInfo(TypedDict, total=False):
    Source: str
    ID: str


class DeviceMapping(TypedDict, total=False):
    PathOnHost: str
    PathInContainer: str
    CgroupPermissions: str


class DeviceRequest(TypedDict, total=False):
    Driver: str
    Count: int
    DeviceIDs: list[str]
    Capabilities: list[list[str]]
    Options: dict[str, str]


class DistributionInspect(TypedDict, total=False):
    Descriptor: OCIDescriptor
    Platforms: list[OCIPlatform]


class Driver(TypedDict, total=False):
    Name: str
    Options: dict[str, str]


class DriverData(TypedDict, total=False):
    Name: str
    Data: dict[str, str]


class EndpointIPAMConfig(TypedDict, total=False):
    IPv4Address: str
    IPv6Address: str
    LinkLocalIPs: list[str]


class EndpointPortConfig(TypedDict, total=False):
    Name: str
    Protocol: Literal["tcp", "udp", "sctp"]
    TargetPort: int
    PublishedPort: int
    PublishMode: Literal["ingress", "host"]


class EndpointResource(TypedDict, total=False):
    Name: str
    EndpointID: str
    MacAddress: str
    IPv4Address: str
    IPv6Address: str


class EndpointSettings(TypedDict, total=False):
    IPAMConfig: EndpointIPAMConfig
    Links: list[str]
    MacAddress: str
    Aliases: list[str]
    DriverOpts: dict[str, str] | None
    GwPriority: int  # API 1.48
    NetworkID: str
    EndpointID: str
    Gateway: str
    IPAddress: str
    IPPrefixLen: int
    IPv6Gateway: str
    GlobalIPv6Address: str
    GlobalIPv6PrefixLen: int
    DNSNames: list[str]  # API 1.44


class EndpointSpec(TypedDict, total=False):
    Mode: Literal["vip", "dnsrr"]
    Ports: list[EndpointPortConfig]


class EngineDescription(TypedDict, total=False):
    EngineVersion: str
    Labels: dict[str, str]
    Plugins: list[EngineDescriptionPlugins]


class EngineDescriptionPlugins(TypedDict, total=False):
    Type: str
    Name: str


class ErrorDetail(TypedDict, total=False):
    code: int
    message: str


class ErrorResponse(TypedDict, total=False):
    message: str


class EventActor(TypedDict, total=False):
    ID: str
    Attributes: dict[str, str]


class EventMessage(TypedDict, total=False):
    Type: Literal[
        "builder",
        "config",
        "container",
        "daemon",
        "image",
        "network",
        "node",
        "plugin",
        "secret",
        "service",
        "volume",
    ]
    Action: str
    Actor: EventActor
    scope: Literal["local", "swarm"]
    time: int
    timeNano: int


class ExecInspectResponse(TypedDict, total=False):
    CanRemove: bool
    DetachKeys: str
    ID: str
    Running: bool
    ExitCode: int
    ProcessConfig: ProcessConfig
    OpenStdin: bool
    OpenStderr: bool
    OpenStdout: bool
    ContainerID: str
    Pid: int


class ExecStartBody(TypedDict, total=False):
    Detach: bool
    Tty: bool
    ConsoleSize: list[int] | None  # API 1.42


class FilesystemChange(TypedDict, total=False):
    Path: str
    Kind: ChangeType


class FirewallInfo(TypedDict, total=False):
    Driver: str
    Info: list[list[str]]


class GenericResourcesItem(TypedDict, total=False):
    NamedResourceSpec: GenericResourcesItemNamedResourceSpec
    DiscreteResourceSpec: GenericResourcesItemDiscreteResourceSpec


class GenericResourcesItemDiscreteResourceSpec(TypedDict, total=False):
    Kind: str
    Value: int


class GenericResourcesItemNamedResourceSpec(TypedDict, total=False):
    Kind: str
    Value: str


class Health(TypedDict, total=False):
    Status: Literal["none", "starting", "healthy", "unhealthy"]
    FailingStreak: int
    Log: list[HealthcheckResult]


class HealthConfig(TypedDict, total=False):
    Test: list[str]
    Interval: int
    Timeout: int
    Retries: int
    StartPeriod: int
    StartInterval: int  # API 1.44


class HealthcheckResult(TypedDict, total=False):
    Start: str
    End: str
    ExitCode: int
    Output: str


class HostConfig(Resources, total=False):
    Binds: list[str]
    ContainerIDFile: str
    LogConfig: HostConfigLogConfig
    NetworkMode: str
    PortBindings: PortMap
    RestartPolicy: RestartPolicy
    AutoRemove: bool
    VolumeDriver: str
    VolumesFrom: list[str]
    Mounts: list[Mount]
    ConsoleSize: list[int] | None
    Annotations: dict[str, str]  # API 1.43
    CapAdd: list[str]
    CapDrop: list[str]
    CgroupnsMode: Literal["private", "host"]
    Dns: list[str]
    DnsOptions: list[str]
    DnsSearch: list[str]
    ExtraHosts: list[str]
    GroupAdd: list[str]
    IpcMode: str
    Cgroup: str
    Links: list[str]
    OomScoreAdj: int
    PidMode: str
    Privileged: bool
    PublishAllPorts: bool
    ReadonlyRootfs: bool
    SecurityOpt: list[str]
    StorageOpt: dict[str, str]
    Tmpfs: dict[str, str]
    UTSMode: str
    UsernsMode: str
    ShmSize: int
    Sysctls: dict[str, str] | None
    Runtime: str | None
    Isolation: Literal["default", "process", "hyperv", ""]
    MaskedPaths: list[str]
    ReadonlyPaths: list[str]


class HostConfigLogConfig(TypedDict, total=False):
    Type: Literal[
        "local",
        "json-file",
        "syslog",
        "journald",
        "gelf",
        "fluentd",
        "awslogs",
        "splunk",
        "etwlogs",
        "none",
    ]
    Config: dict[str, str]


class IDResponse(TypedDict, total=False):
    Id: str


class IPAM(TypedDict, total=False):
    Driver: str
    Config: list[IPAMConfig]
    Options: dict[str, str]


class IPAMConfig(TypedDict, total=False):
    Subnet: str
    IPRange: str
    Gateway: str
    AuxiliaryAddresses: dict[str, str]


class IPAMStatus(TypedDict, total=False):
    Subnets: dict[str, SubnetStatus]


class Identity(TypedDict, total=False):
    Signature: list[SignatureIdentity]
    Pull: list[PullIdentity]
    Build: list[BuildIdentity]


class ImageConfig(TypedDict, total=False):
    User: str
    ExposedPorts: dict[str, dict[str, object]] | None
    Env: list[str]
    Cmd: list[str]
    Healthcheck: HealthConfig
    ArgsEscaped: bool | None
    Volumes: dict[str, dict[str, object]]
    WorkingDir: str
    Entrypoint: list[str]
    OnBuild: list[str] | None
    Labels: dict[str, str]
    StopSignal: str | None
    Shell: list[str] | None
    Hostname: str  # gone with API 1.50
    Domainname: str  # gone with API 1.50
    AttachStdin: bool  # gone with API 1.50
    AttachStdout: bool  # gone with API 1.50
    AttachStderr: bool  # gone with API 1.50
    Tty: bool  # gone with API 1.50
    OpenStdin: bool  # gone with API 1.50
    StdinOnce: bool  # gone with API 1.50
    Image: str  # gone with API 1.50
    NetworkDisabled: bool | None  # gone with API 1.50
    MacAddress: str | None  # gone with API 1.50
    StopTimeout: int | None  # gone with API 1.50


class ImageDeleteResponseItem(TypedDict, total=False):
    Untagged: str
    Deleted: str


class ImageHistoryResponseItem(TypedDict, total=False):
    Id: str
    Created: int
    CreatedBy: str
    Tags: list[str]
    Size: int
    Comment: str


class ImageID(TypedDict, total=False):
    ID: str


class ImageInspect(TypedDict, total=False):
    Id: str
    Descriptor: OCIDescriptor  # API 1.48
    Manifests: list[ImageManifestSummary] | None  # API 1.48
    Identity: Identity  # API 1.53
    RepoTags: list[str]
    RepoDigests: list[str]
    Comment: str | None
    Created: str | None
    Author: str | None
    Config: ImageConfig
    Architecture: str
    Variant: str | None
    Os: str
    OsVersion: str | None
    Size: int
    GraphDriver: DriverData
    RootFS: ImageInspectRootFS
    Metadata: ImageInspectMetadata
    Parent: str  # gone with API 1.52
    Container: str  # gone with API 1.45
    ContainerConfig: ContainerConfig  # gone with API 1.45
    DockerVersion: str  # gone with API 1.52
    VirtualSize: int  # gone with API 1.44


class ImageInspectMetadata(TypedDict, total=False):
    LastTagTime: str | None


class ImageInspectRootFS(TypedDict, total=False):
    Type: str
    Layers: list[str]


class ImageManifestSummary(TypedDict, total=False):
    ID: str
    Descriptor: OCIDescriptor
    Available: bool
    Size: ImageManifestSummarySize
    Kind: Literal["image", "attestation", "unknown"]
    ImageData: ImageManifestSummaryImageData | None
    AttestationData: ImageManifestSummaryAttestationData | None


class ImageManifestSummaryAttestationData(TypedDict, total=False):
    For: str


class ImageManifestSummaryImageData(TypedDict, total=False):
    Platform: OCIPlatform
    Identity: Identity  # API 1.54
    Containers: list[str]
    Size: ImageManifestSummaryImageDataSize


class ImageManifestSummaryImageDataSize(TypedDict, total=False):
    Unpacked: int


class ImageManifestSummarySize(TypedDict, total=False):
    Total: int
    Content: int


class ImagePruneResponse(TypedDict, total=False):
    ImagesDeleted: list[ImageDeleteResponseItem]
    SpaceReclaimed: int


class ImageSearchResponse(TypedDict, total=False):
    description: str
    is_official: bool
    is_automated: bool
    name: str
    star_count: int


class ImageSummary(TypedDict, total=False):
    Id: str
    ParentId: str
    RepoTags: list[str]
    RepoDigests: list[str]
    Created: int
    Size: int
    SharedSize: int
    Labels: dict[str, str]
    Containers: int
    Manifests: list[ImageManifestSummary]  # API 1.47
    Descriptor: OCIDescriptor  # API 1.48
    VirtualSize: int  # gone with API 1.44


class ImagesDiskUsage(TypedDict, total=False):
    ActiveCount: int
    TotalCount: int
    Reclaimable: int
    TotalSize: int
    Items: list[object]


class IndexInfo(TypedDict, total=False):
    Name: str
    Mirrors: list[str]
    Secure: bool
    Official: bool


class JoinTokens(TypedDict, total=False):
    Worker: str
    Manager: str


class Limit(TypedDict, total=False):
    NanoCPUs: int
    MemoryBytes: int
    Pids: int


class ManagerStatus(TypedDict, total=False):
    Leader: bool
    Reachability: Reachability
    Addr: str


class Mount(TypedDict, total=False):
    Target: str
    Source: str
    Type: MountType
    ReadOnly: bool
    Consistency: str
    BindOptions: MountBindOptions
    VolumeOptions: MountVolumeOptions
    ImageOptions: MountImageOptions  # API 1.48
    TmpfsOptions: MountTmpfsOptions


class MountBindOptions(TypedDict, total=False):
    Propagation: Literal["private", "rprivate", "shared", "rshared", "slave", "rslave"]
    NonRecursive: bool
    CreateMountpoint: bool  # API 1.42
    ReadOnlyNonRecursive: bool  # API 1.44
    ReadOnlyForceRecursive: bool  # API 1.44


class MountImageOptions(TypedDict, total=False):
    Subpath: str  # API 1.48


class MountPoint(TypedDict, total=False):
    Type: MountType
    Name: str
    Source: str
    Destination: str
    Driver: str
    Mode: str
    RW: bool
    Propagation: str


class MountTmpfsOptions(TypedDict, total=False):
    SizeBytes: int
    Mode: int
    Options: list[list[str]]  # API 1.46


class MountVolumeOptions(TypedDict, total=False):
    NoCopy: bool
    Labels: dict[str, str]
    DriverConfig: MountVolumeOptionsDriverConfig
    Subpath: str  # API 1.45


class MountVolumeOptionsDriverConfig(TypedDict, total=False):
    Name: str
    Options: dict[str, str]


class NRIInfo(TypedDict, total=False):
    Info: list[list[str]]


class Network(TypedDict, total=False):
    Name: str
    Id: str
    Created: str
    Scope: str
    Driver: str
    EnableIPv4: bool  # API 1.47
    EnableIPv6: bool
    IPAM: IPAM
    Internal: bool
    Attachable: bool
    Ingress: bool
    ConfigFrom: ConfigReference
    ConfigOnly: bool
    Options: dict[str, str]
    Labels: dict[str, str]
    Peers: list[PeerInfo]


class NetworkAttachment(TypedDict, total=False):
    Network: NetworkAttachmentNetwork
    Addresses: list[str]


class NetworkAttachmentConfig(TypedDict, total=False):
    Target: str
    Aliases: list[str]
    DriverOpts: dict[str, str]


class NetworkAttachmentNetwork(TypedDict, total=False):
    ID: str
    Version: ObjectVersion
    CreatedAt: str
    UpdatedAt: str
    Spec: NetworkAttachmentNetworkSpec
    DriverState: Driver
    IPAMOptions: NetworkAttachmentNetworkIPAMOptions


class NetworkAttachmentNetworkIPAMOptions(TypedDict, total=False):
    Driver: Driver
    Configs: list[IPAMConfig]


class NetworkAttachmentNetworkSpec(TypedDict, total=False):
    Name: str
    Labels: dict[str, str]
    DriverConfiguration: Driver
    IPv6Enabled: bool
    Internal: bool
    Attachable: bool
    Ingress: bool
    IPAMOptions: NetworkAttachmentNetworkSpecIPAMOptions
    Scope: str


class NetworkAttachmentNetworkSpecIPAMOptions(TypedDict, total=False):
    Driver: Driver
    Configs: list[IPAMConfig]


class NetworkConnectRequest(TypedDict, total=False):
    Container: str
    EndpointConfig: EndpointSettings


class NetworkCreateBody(TypedDict, total=False):
    Name: str
    Driver: str
    Scope: str
    Internal: bool
    Attachable: bool
    Ingress: bool
    ConfigOnly: bool
    ConfigFrom: ConfigReference
    IPAM: IPAM
    EnableIPv4: bool  # API 1.47
    EnableIPv6: bool
    Options: dict[str, str]
    Labels: dict[str, str]
    CheckDuplicate: bool  # gone with API 1.46


class NetworkCreateResponse(TypedDict, total=False):
    Id: str
    Warning: str


class NetworkDisconnectRequest(TypedDict, total=False):
    Container: str
    Force: bool


class NetworkInspect(Network, total=False):
    Containers: dict[str, EndpointResource]
    Services: dict[str, object]
    Status: NetworkStatus


class NetworkPruneResponse(TypedDict, total=False):
    NetworksDeleted: list[str]


class NetworkSettings(TypedDict, total=False):
    SandboxID: str
    SandboxKey: str
    Ports: PortMap
    Networks: dict[str, EndpointSettings]
    Bridge: str  # gone with API 1.52
    HairpinMode: bool  # gone with API 1.52
    LinkLocalIPv6Address: str  # gone with API 1.52
    LinkLocalIPv6PrefixLen: int  # gone with API 1.52
    SecondaryIPAddresses: list[Address] | None  # gone with API 1.52
    SecondaryIPv6Addresses: list[Address] | None  # gone with API 1.52
    EndpointID: str  # gone with API 1.52
    Gateway: str  # gone with API 1.52
    GlobalIPv6Address: str  # gone with API 1.52
    GlobalIPv6PrefixLen: int  # gone with API 1.52
    IPAddress: str  # gone with API 1.52
    IPPrefixLen: int  # gone with API 1.52
    IPv6Gateway: str  # gone with API 1.52
    MacAddress: str  # gone with API 1.52


class NetworkStatus(TypedDict, total=False):
    IPAM: IPAMStatus


class NetworkTaskInfo(TypedDict, total=False):
    Name: str
    EndpointID: str
    EndpointIP: str
    Info: dict[str, str]


class NetworkingConfig(TypedDict, total=False):
    EndpointsConfig: dict[str, EndpointSettings]


class Node(TypedDict, total=False):
    ID: str
    Version: ObjectVersion
    CreatedAt: str
    UpdatedAt: str
    Spec: NodeSpec
    Description: NodeDescription
    Status: NodeStatus
    ManagerStatus: ManagerStatus


class NodeDescription(TypedDict, total=False):
    Hostname: str
    Platform: Platform
    Resources: ResourceObject
    Engine: EngineDescription
    TLSInfo: TLSInfo


class NodeSpec(TypedDict, total=False):
    Name: str
    Labels: dict[str, str]
    Role: Literal["worker", "manager"]
    Availability: Literal["active", "pause", "drain"]


class NodeStatus(TypedDict, total=False):
    State: NodeState
    Message: str
    Addr: str


class OCIDescriptor(TypedDict, total=False):
    mediaType: str
    digest: str
    size: int
    urls: list[str] | None  # API 1.48
    annotations: dict[str, str] | None  # API 1.48
    data: str | None  # API 1.48
    platform: OCIPlatform  # API 1.48
    artifactType: str | None  # API 1.48


OCIPlatform = TypedDict(
    "OCIPlatform",
    {
        "architecture": "str",
        "os": "str",
        "os.version": "str",
        "os.features": "list[str]",
        "variant": "str",
    },
    total=False,
)


class ObjectVersion(TypedDict, total=False):
    Index: int


class PeerInfo(TypedDict, total=False):
    Name: str
    IP: str


class PeerNode(TypedDict, total=False):
    NodeID: str
    Addr: str


class Platform(TypedDict, total=False):
    Architecture: str
    OS: str


class Plugin(TypedDict, total=False):
    Id: str
    Name: str
    Enabled: bool
    Settings: PluginSettings
    PluginReference: str
    Config: PluginConfig


class PluginConfig(TypedDict, total=False):
    Description: str
    Documentation: str
    Interface: PluginConfigInterface
    Entrypoint: list[str]
    WorkDir: str
    User: PluginConfigUser
    Network: PluginConfigNetwork
    Linux: PluginConfigLinux
    PropagatedMount: str
    IpcHost: bool
    PidHost: bool
    Mounts: list[PluginMount]
    Env: list[PluginEnv]
    Args: PluginConfigArgs
    rootfs: PluginConfigRootfs
    DockerVersion: str  # gone with API 1.52


class PluginConfigArgs(TypedDict, total=False):
    Name: str
    Description: str
    Settable: list[str]
    Value: list[str]


class PluginConfigInterface(TypedDict, total=False):
    Types: list[str]
    Socket: str
    ProtocolScheme: Literal["", "moby.plugins.http/v1"]


class PluginConfigLinux(TypedDict, total=False):
    Capabilities: list[str]
    AllowAllDevices: bool
    Devices: list[PluginDevice]


class PluginConfigNetwork(TypedDict, total=False):
    Type: str


class PluginConfigRootfs(TypedDict, total=False):
    type: str
    diff_ids: list[str]


class PluginConfigUser(TypedDict, total=False):
    UID: int
    GID: int


class PluginDevice(TypedDict, total=False):
    Name: str
    Description: str
    Settable: list[str]
    Path: str


class PluginEnv(TypedDict, total=False):
    Name: str
    Description: str
    Settable: list[str]
    Value: str


class PluginMount(TypedDict, total=False):
    Name: str
    Description: str
    Settable: list[str]
    Source: str
    Destination: str
    Type: str
    Options: list[str]


class PluginPrivilege(TypedDict, total=False):
    Name: str
    Description: str
    Value: list[str]


class PluginSettings(TypedDict, total=False):
    Mounts: list[PluginMount]
    Env: list[str]
    Args: list[str]
    Devices: list[PluginDevice]


class PluginsInfo(TypedDict, total=False):
    Volume: list[str]
    Network: list[str]
    Authorization: list[str]
    Log: list[str]


class PortBinding(TypedDict, total=False):
    HostIp: str
    HostPort: str


class PortStatus(TypedDict, total=False):
    Ports: list[EndpointPortConfig]


class PortSummary(TypedDict, total=False):
    IP: str
    PrivatePort: int
    PublicPort: int
    Type: Literal["tcp", "udp", "sctp"]


class ProcessConfig(TypedDict, total=False):
    privileged: bool
    user: str
    tty: bool
    entrypoint: str
    arguments: list[str]


class ProgressDetail(TypedDict, total=False):
    current: int
    total: int


class PullIdentity(TypedDict, total=False):
    Repository: str


class PushImageInfo(TypedDict, total=False):
    errorDetail: ErrorDetail  # API 1.48
    status: str
    progressDetail: ProgressDetail
    error: str  # gone with API 1.52
    progress: str  # gone with API 1.52


class RegistryServiceConfig(TypedDict, total=False):
    InsecureRegistryCIDRs: list[str]
    IndexConfigs: dict[str, IndexInfo]
    Mirrors: list[str]
    AllowNondistributableArtifactsCIDRs: list[str]  # gone with API 1.49
    AllowNondistributableArtifactsHostnames: list[str]  # gone with API 1.49


class ResourceObject(TypedDict, total=False):
    NanoCPUs: int
    MemoryBytes: int
    GenericResources: GenericResources


class ResourcesBlkioWeightDevice(TypedDict, total=False):
    Path: str
    Weight: int


class ResourcesUlimits(TypedDict, total=False):
    Name: str
    Soft: int
    Hard: int


class RestartPolicy(TypedDict, total=False):
    Name: Literal["", "no", "always", "unless-stopped", "on-failure"]
    MaximumRetryCount: int


class RootFSStorage(TypedDict, total=False):
    Snapshot: RootFSStorageSnapshot


class RootFSStorageSnapshot(TypedDict, total=False):
    Name: str


class Runtime(TypedDict, total=False):
    path: str
    runtimeArgs: list[str] | None
    status: dict[str, str] | None  # API 1.44


class Secret(TypedDict, total=False):
    ID: str
    Version: ObjectVersion
    CreatedAt: str
    UpdatedAt: str
    Spec: SecretSpec


class SecretSpec(TypedDict, total=False):
    Name: str
    Labels: dict[str, str]
    Data: str
    Driver: Driver
    Templating: Driver


class SecretCreateBody(SecretSpec, total=False):
    pass


class SecretCreateResponse(TypedDict, total=False):
    ID: str


class Service(TypedDict, total=False):
    ID: str
    Version: ObjectVersion
    CreatedAt: str
    UpdatedAt: str
    Spec: ServiceSpec
    Endpoint: ServiceEndpoint
    UpdateStatus: ServiceUpdateStatus
    ServiceStatus: ServiceServiceStatus
    JobStatus: ServiceJobStatus
    PreviousSpec: ServiceSpec


class ServiceSpec(TypedDict, total=False):
    Name: str
    Labels: dict[str, str]
    TaskTemplate: TaskSpec
    Mode: ServiceSpecMode
    UpdateConfig: ServiceSpecUpdateConfig
    RollbackConfig: ServiceSpecRollbackConfig
    Networks: list[NetworkAttachmentConfig]
    EndpointSpec: EndpointSpec


class ServiceCreateBody(ServiceSpec, total=False):
    pass


class ServiceCreateResponse(TypedDict, total=False):
    ID: str
    Warnings: list[str] | None


class ServiceEndpoint(TypedDict, total=False):
    Spec: EndpointSpec
    Ports: list[EndpointPortConfig]
    VirtualIPs: list[ServiceEndpointVirtualIPs]


class ServiceEndpointVirtualIPs(TypedDict, total=False):
    NetworkID: str
    Addr: str


class ServiceInfo(TypedDict, total=False):
    VIP: str
    Ports: list[str]
    LocalLBIndex: int
    Tasks: list[NetworkTaskInfo]


class ServiceJobStatus(TypedDict, total=False):
    JobIteration: ObjectVersion
    LastExecution: str


class ServiceServiceStatus(TypedDict, total=False):
    RunningTasks: int
    DesiredTasks: int
    CompletedTasks: int


class ServiceSpecMode(TypedDict, total=False):
    Replicated: ServiceSpecModeReplicated
    Global: dict[str, object]
    ReplicatedJob: ServiceSpecModeReplicatedJob
    GlobalJob: dict[str, object]


class ServiceSpecModeReplicated(TypedDict, total=False):
    Replicas: int


class ServiceSpecModeReplicatedJob(TypedDict, total=False):
    MaxConcurrent: int
    TotalCompletions: int


class ServiceSpecRollbackConfig(TypedDict, total=False):
    Parallelism: int
    Delay: int
    FailureAction: Literal["continue", "pause"]
    Monitor: int
    MaxFailureRatio: float
    Order: Literal["stop-first", "start-first"]


class ServiceSpecUpdateConfig(TypedDict, total=False):
    Parallelism: int
    Delay: int
    FailureAction: Literal["continue", "pause", "rollback"]
    Monitor: int
    MaxFailureRatio: float
    Order: Literal["stop-first", "start-first"]


class ServiceUpdateBody(ServiceSpec, total=False):
    pass


class ServiceUpdateResponse(TypedDict, total=False):
    Warnings: list[str]


class ServiceUpdateStatus(TypedDict, total=False):
    State: Literal["updating", "paused", "completed"]
    StartedAt: str
    CompletedAt: str
    Message: str


class SignatureIdentity(TypedDict, total=False):
    Name: str
    Timestamps: list[SignatureTimestamp]
    KnownSigner: KnownSignerIdentity
    DockerReference: str
    Signer: SignerIdentity
    SignatureType: SignatureType
    Error: str
    Warnings: list[str]


class SignatureTimestamp(TypedDict, total=False):
    Type: SignatureTimestampType
    URI: str
    Timestamp: str


class SignerIdentity(TypedDict, total=False):
    CertificateIssuer: str
    SubjectAlternativeName: str
    Issuer: str
    BuildSignerURI: str
    BuildSignerDigest: str
    RunnerEnvironment: str
    SourceRepositoryURI: str
    SourceRepositoryDigest: str
    SourceRepositoryRef: str
    SourceRepositoryIdentifier: str
    SourceRepositoryOwnerURI: str
    SourceRepositoryOwnerIdentifier: str
    BuildConfigURI: str
    BuildConfigDigest: str
    BuildTrigger: str
    RunInvocationURI: str
    SourceRepositoryVisibilityAtSigning: str


class Storage(TypedDict, total=False):
    RootFS: RootFSStorage


class SubnetStatus(TypedDict, total=False):
    IPsInUse: int
    DynamicIPsAvailable: int


class Swarm(ClusterInfo, total=False):
    JoinTokens: JoinTokens


class SwarmInfo(TypedDict, total=False):
    NodeID: str
    NodeAddr: str
    LocalNodeState: LocalNodeState
    ControlAvailable: bool
    Error: str
    RemoteManagers: list[PeerNode] | None
    Nodes: int | None
    Managers: int | None
    Cluster: ClusterInfo


class SwarmInitBody(TypedDict, total=False):
    ListenAddr: str
    AdvertiseAddr: str
    DataPathAddr: str
    DataPathPort: int
    DefaultAddrPool: list[str]
    ForceNewCluster: bool
    SubnetSize: int
    Spec: SwarmSpec


class SwarmJoinBody(TypedDict, total=False):
    ListenAddr: str
    AdvertiseAddr: str
    DataPathAddr: str
    RemoteAddrs: list[str]
    JoinToken: str


class SwarmSpec(TypedDict, total=False):
    Name: str
    Labels: dict[str, str]
    Orchestration: SwarmSpecOrchestration | None
    Raft: SwarmSpecRaft
    Dispatcher: SwarmSpecDispatcher | None
    CAConfig: SwarmSpecCAConfig | None
    EncryptionConfig: SwarmSpecEncryptionConfig
    TaskDefaults: SwarmSpecTaskDefaults


class SwarmSpecCAConfig(TypedDict, total=False):
    NodeCertExpiry: int
    ExternalCAs: list[SwarmSpecCAConfigExternalCAs]
    SigningCACert: str
    SigningCAKey: str
    ForceRotate: int


class SwarmSpecCAConfigExternalCAs(TypedDict, total=False):
    Protocol: Literal["cfssl"]
    URL: str
    Options: dict[str, str]
    CACert: str


class SwarmSpecDispatcher(TypedDict, total=False):
    HeartbeatPeriod: int


class SwarmSpecEncryptionConfig(TypedDict, total=False):
    AutoLockManagers: bool


class SwarmSpecOrchestration(TypedDict, total=False):
    TaskHistoryRetentionLimit: int


class SwarmSpecRaft(TypedDict, total=False):
    SnapshotInterval: int
    KeepOldSnapshots: int
    LogEntriesForSlowFollowers: int
    ElectionTick: int
    HeartbeatTick: int


class SwarmSpecTaskDefaults(TypedDict, total=False):
    LogDriver: SwarmSpecTaskDefaultsLogDriver


class SwarmSpecTaskDefaultsLogDriver(TypedDict, total=False):
    Name: str
    Options: dict[str, str]


class SwarmUnlockBody(TypedDict, total=False):
    UnlockKey: str


class SwarmUnlockkeyResponse(TypedDict, total=False):
    UnlockKey: str


class SystemDataUsageResponse(TypedDict, total=False):
    ImageUsage: ImagesDiskUsage  # API 1.52
    ContainerUsage: ContainersDiskUsage  # API 1.52
    VolumeUsage: VolumesDiskUsage  # API 1.52
    BuildCacheUsage: BuildCacheDiskUsage  # API 1.52
    LayersSize: int  # gone with API 1.52
    Images: list[ImageSummary]  # gone with API 1.52
    Containers: list[ContainerSummary]  # gone with API 1.52
    Volumes: list[Volume]  # gone with API 1.52
    BuildCache: list[BuildCache]  # gone with API 1.52


class SystemInfo(TypedDict, total=False):
    ID: str
    Containers: int
    ContainersRunning: int
    ContainersPaused: int
    ContainersStopped: int
    Images: int
    Driver: str
    DriverStatus: list[list[str]]
    DockerRootDir: str
    Plugins: PluginsInfo
    MemoryLimit: bool
    SwapLimit: bool
    CpuCfsPeriod: bool
    CpuCfsQuota: bool
    CPUShares: bool
    CPUSet: bool
    PidsLimit: bool
    OomKillDisable: bool
    IPv4Forwarding: bool
    Debug: bool
    NFd: int
    NGoroutines: int
    SystemTime: str
    LoggingDriver: str
    CgroupDriver: Literal["cgroupfs", "systemd", "none"]
    CgroupVersion: Literal["1", "2"]
    NEventsListener: int
    KernelVersion: str
    OperatingSystem: str
    OSVersion: str
    OSType: str
    Architecture: str
    NCPU: int
    MemTotal: int
    IndexServerAddress: str
    RegistryConfig: RegistryServiceConfig
    GenericResources: GenericResources
    HttpProxy: str
    HttpsProxy: str
    NoProxy: str
    Name: str
    Labels: list[str]
    ExperimentalBuild: bool
    ServerVersion: str
    Runtimes: dict[str, Runtime]
    DefaultRuntime: str
    Swarm: SwarmInfo
    LiveRestoreEnabled: bool
    Isolation: Literal["default", "hyperv", "process", ""]
    InitBinary: str
    ContainerdCommit: Commit
    RuncCommit: Commit
    InitCommit: Commit
    SecurityOptions: list[str]
    ProductLicense: str
    DefaultAddressPools: list[SystemInfoDefaultAddressPools]
    FirewallBackend: FirewallInfo  # API 1.49
    DiscoveredDevices: list[DeviceInfo]  # API 1.50
    NRI: NRIInfo  # API 1.53
    Warnings: list[str]
    CDISpecDirs: list[str]  # API 1.44
    Containerd: ContainerdInfo  # API 1.46
    KernelMemory: bool  # gone with API 1.42
    KernelMemoryTCP: bool  # gone with API 1.52
    BridgeNfIptables: bool  # gone with API 1.50
    BridgeNfIp6tables: bool  # gone with API 1.50
    ClusterStore: str  # gone with API 1.42
    ClusterAdvertise: str  # gone with API 1.42


class SystemInfoDefaultAddressPools(TypedDict, total=False):
    Base: str
    Size: int


class SystemVersion(TypedDict, total=False):
    Platform: SystemVersionPlatform
    Components: list[SystemVersionComponents]
    Version: str
    ApiVersion: str
    MinAPIVersion: str
    GitCommit: str
    GoVersion: str
    Os: str
    Arch: str
    KernelVersion: str
    Experimental: bool
    BuildTime: str


class SystemVersionComponents(TypedDict, total=False):
    Name: str
    Version: str
    Details: dict[str, object] | None


class SystemVersionPlatform(TypedDict, total=False):
    Name: str


class TLSInfo(TypedDict, total=False):
    TrustRoot: str
    CertIssuerSubject: str
    CertIssuerPublicKey: str


class Task(TypedDict, total=False):
    ID: str
    Version: ObjectVersion
    CreatedAt: str
    UpdatedAt: str
    Name: str
    Labels: dict[str, str]
    Spec: TaskSpec
    ServiceID: str
    Slot: int
    NodeID: str
    AssignedGenericResources: GenericResources
    Status: TaskStatus
    DesiredState: TaskState
    JobIteration: ObjectVersion
    NetworksAttachments: list[NetworkAttachment]


class TaskSpec(TypedDict, total=False):
    PluginSpec: TaskSpecPluginSpec
    ContainerSpec: TaskSpecContainerSpec
    NetworkAttachmentSpec: TaskSpecNetworkAttachmentSpec
    Resources: TaskSpecResources
    RestartPolicy: TaskSpecRestartPolicy
    Placement: TaskSpecPlacement
    ForceUpdate: int
    Runtime: str
    Networks: list[NetworkAttachmentConfig]
    LogDriver: TaskSpecLogDriver


class TaskSpecContainerSpec(TypedDict, total=False):
    Image: str
    Labels: dict[str, str]
    Command: list[str]
    Args: list[str]
    Hostname: str
    Env: list[str]
    Dir: str
    User: str
    Groups: list[str]
    Privileges: TaskSpecContainerSpecPrivileges
    TTY: bool
    OpenStdin: bool
    ReadOnly: bool
    Mounts: list[Mount]
    StopSignal: str
    StopGracePeriod: int
    Healthcheck: HealthConfig
    Hosts: list[str]
    DNSConfig: TaskSpecContainerSpecDNSConfig
    Secrets: list[TaskSpecContainerSpecSecrets]
    OomScoreAdj: int  # API 1.46
    Configs: list[TaskSpecContainerSpecConfigs]
    Isolation: Literal["default", "process", "hyperv", ""]
    Init: bool | None
    Sysctls: dict[str, str]
    CapabilityAdd: list[str]
    CapabilityDrop: list[str]
    Ulimits: list[TaskSpecContainerSpecUlimits]


class TaskSpecContainerSpecConfigs(TypedDict, total=False):
    File: TaskSpecContainerSpecConfigsFile
    Runtime: dict[str, object]
    ConfigID: str
    ConfigName: str


class TaskSpecContainerSpecConfigsFile(TypedDict, total=False):
    Name: str
    UID: str
    GID: str
    Mode: int


class TaskSpecContainerSpecDNSConfig(TypedDict, total=False):
    Nameservers: list[str]
    Search: list[str]
    Options: list[str]


class TaskSpecContainerSpecPrivileges(TypedDict, total=False):
    CredentialSpec: TaskSpecContainerSpecPrivilegesCredentialSpec
    SELinuxContext: TaskSpecContainerSpecPrivilegesSELinuxContext
    Seccomp: TaskSpecContainerSpecPrivilegesSeccomp  # API 1.44
    AppArmor: TaskSpecContainerSpecPrivilegesAppArmor  # API 1.44
    NoNewPrivileges: bool  # API 1.44


class TaskSpecContainerSpecPrivilegesAppArmor(TypedDict, total=False):
    Mode: Literal["default", "disabled"]  # API 1.44


class TaskSpecContainerSpecPrivilegesCredentialSpec(TypedDict, total=False):
    Config: str
    File: str
    Registry: str


class TaskSpecContainerSpecPrivilegesSELinuxContext(TypedDict, total=False):
    Disable: bool
    User: str
    Role: str
    Type: str
    Level: str


class TaskSpecContainerSpecPrivilegesSeccomp(TypedDict, total=False):
    Mode: Literal["default", "unconfined", "custom"]  # API 1.44
    Profile: str  # API 1.44


class TaskSpecContainerSpecSecrets(TypedDict, total=False):
    File: TaskSpecContainerSpecSecretsFile
    SecretID: str
    SecretName: str


class TaskSpecContainerSpecSecretsFile(TypedDict, total=False):
    Name: str
    UID: str
    GID: str
    Mode: int


class TaskSpecContainerSpecUlimits(TypedDict, total=False):
    Name: str
    Soft: int
    Hard: int


class TaskSpecLogDriver(TypedDict, total=False):
    Name: str
    Options: dict[str, str]


class TaskSpecNetworkAttachmentSpec(TypedDict, total=False):
    ContainerID: str


class TaskSpecPlacement(TypedDict, total=False):
    Constraints: list[str]
    Preferences: list[TaskSpecPlacementPreferences]
    MaxReplicas: int
    Platforms: list[Platform]


class TaskSpecPlacementPreferences(TypedDict, total=False):
    Spread: TaskSpecPlacementPreferencesSpread


class TaskSpecPlacementPreferencesSpread(TypedDict, total=False):
    SpreadDescriptor: str


class TaskSpecPluginSpec(TypedDict, total=False):
    Name: str
    Remote: str
    Disabled: bool
    PluginPrivilege: list[PluginPrivilege]


class TaskSpecResources(TypedDict, total=False):
    Limits: Limit
    Reservations: ResourceObject
    SwapBytes: int | None  # API 1.52
    MemorySwappiness: int | None  # API 1.52


class TaskSpecRestartPolicy(TypedDict, total=False):
    Condition: Literal["none", "on-failure", "any"]
    Delay: int
    MaxAttempts: int
    Window: int


class TaskStatus(TypedDict, total=False):
    Timestamp: str
    State: TaskState
    Message: str
    Err: str
    ContainerStatus: ContainerStatus
    PortStatus: PortStatus


class ThrottleDevice(TypedDict, total=False):
    Path: str
    Rate: int


class Topology(TypedDict, total=False):
    Segments: dict[str, str]


class Volume(TypedDict, total=False):
    Name: str
    Driver: str
    Mountpoint: str
    CreatedAt: str
    Status: dict[str, dict[str, object]]
    Labels: dict[str, str]
    Scope: Literal["local", "global"]
    ClusterVolume: ClusterVolume  # API 1.42
    Options: dict[str, str]
    UsageData: VolumeUsageData | None


class VolumeCreateRequest(TypedDict, total=False):
    Name: str
    Driver: str
    DriverOpts: dict[str, str]
    Labels: dict[str, str]
    ClusterVolumeSpec: ClusterVolumeSpec


class VolumeListResponse(TypedDict, total=False):
    Volumes: list[Volume]
    Warnings: list[str]


class VolumePruneResponse(TypedDict, total=False):
    VolumesDeleted: list[str]
    SpaceReclaimed: int


class VolumeUpdateBody(TypedDict, total=False):
    Spec: ClusterVolumeSpec


class VolumeUsageData(TypedDict, total=False):
    Size: int
    RefCount: int


class VolumesDiskUsage(TypedDict, total=False):
    ActiveCount: int
    TotalCount: int
    Reclaimable: int
    TotalSize: int
    Items: list[object]


ChangeType = Literal[0, 1, 2]
GenericResources = list[GenericResourcesItem]
KnownSignerIdentity = Literal["DHI"]
LocalNodeState = Literal["", "inactive", "pending", "active", "error", "locked"]
MountType = Literal["bind", "cluster", "image", "npipe", "tmpfs", "volume"]
NetworkSummary = Network
NodeState = Literal["unknown", "down", "ready", "disconnected"]
PortMap = dict[str, Optional[list[PortBinding]]]
Reachability = Literal["unknown", "unreachable", "reachable"]
SignatureTimestampType = Literal["Tlog", "TimestampAuthority"]
SignatureType = Literal["bundle-v0.3", "simplesigning-v1"]
TaskState = Literal[
    "new",
    "allocated",
    "pending",
    "assigned",
    "accepted",
    "preparing",
    "ready",
    "starting",
    "running",
    "complete",
    "shutdown",
    "failed",
    "rejected",
    "remove",
    "orphaned",
]
