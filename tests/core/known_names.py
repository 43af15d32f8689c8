"""Names that older versions of the Engine API have, as their descriptions spell them.

Clients that were generated from those descriptions know operations and types by these names.
"""

from __future__ import annotations

OPERATIONS_OF_1_33 = """
    ContainerList ContainerCreate ContainerInspect ContainerTop ContainerLogs ContainerChanges
    ContainerExport ContainerStats ContainerResize ContainerStart ContainerStop ContainerRestart
    ContainerKill ContainerUpdate ContainerRename ContainerPause ContainerUnpause
    ContainerAttach ContainerAttachWebsocket ContainerWait ContainerDelete ContainerArchive
    ContainerArchiveInfo PutContainerArchive ContainerPrune ImageList ImageBuild BuildPrune
    ImageCreate ImageInspect ImageHistory ImagePush ImageTag ImageDelete ImageSearch ImagePrune
    SystemAuth SystemInfo SystemVersion SystemPing ImageCommit SystemEvents SystemDataUsage
    ImageGet ImageGetAll ImageLoad ContainerExec ExecStart ExecResize ExecInspect VolumeList
    VolumeCreate VolumeInspect VolumeDelete VolumePrune NetworkList NetworkInspect NetworkDelete
    NetworkCreate NetworkConnect NetworkDisconnect NetworkPrune PluginList GetPluginPrivileges
    PluginPull PluginInspect PluginDelete PluginEnable PluginDisable PluginUpgrade PluginCreate
    PluginPush PluginSet NodeList NodeInspect NodeDelete NodeUpdate SwarmInspect SwarmInit
    SwarmJoin SwarmLeave SwarmUpdate SwarmUnlockkey SwarmUnlock ServiceList ServiceCreate
    ServiceInspect ServiceDelete ServiceUpdate ServiceLogs TaskList TaskInspect TaskLogs
    SecretList SecretCreate SecretInspect SecretDelete SecretUpdate ConfigList ConfigCreate
    ConfigInspect ConfigDelete ConfigUpdate DistributionInspect Session
""".split()  # noqa: SIM905  # one name a line would be 200 lines

NEWER_OPERATIONS_OF_1_42 = ["SystemPingHead", "VolumeUpdate"]

# Of the versions 1.33, 1.41 and 1.42 together.
DEFINITIONS = """
    Address AuthConfig BuildCache BuildInfo ClusterInfo ClusterVolume ClusterVolumeSpec Commit
    Config ConfigReference ConfigSpec ContainerConfig ContainerCreateResponse ContainerState
    ContainerSummary ContainerWaitExitError ContainerWaitResponse CreateImageInfo DeviceMapping
    DeviceRequest DistributionInspect Driver EndpointIPAMConfig EndpointPortConfig
    EndpointSettings EndpointSpec EngineDescription ErrorDetail ErrorResponse EventActor
    EventMessage GenericResources GraphDriverData Health HealthConfig HealthcheckResult
    HostConfig IPAM IPAMConfig IdResponse Image ImageConfig ImageDeleteResponseItem
    ImageHistoryResponseItem ImageID ImageInspect ImageSummary IndexInfo JoinTokens Limit
    LocalNodeState ManagerStatus Mount MountPoint MountType Network NetworkAttachment
    NetworkAttachmentConfig NetworkContainer NetworkSettings NetworkingConfig Node
    NodeDescription NodeSpec NodeState NodeStatus OCIDescriptor OCIPlatform ObjectVersion
    PeerInfo PeerNode Platform Plugin PluginDevice PluginEnv PluginInterfaceType PluginMount
    PluginPrivilege PluginsInfo Port PortBinding PortMap ProcessConfig ProgressDetail
    PushImageInfo Reachability RegistryServiceConfig ResourceObject Resources RestartPolicy
    Runtime Secret SecretSpec Service ServiceSpec ServiceUpdateResponse Swarm SwarmInfo
    SwarmSpec SystemInfo SystemVersion TLSInfo Task TaskSpec TaskState ThrottleDevice Topology
    Volume VolumeCreateOptions VolumeListResponse
""".split()  # noqa: SIM905  # one name a line would be 200 lines

# Definitions that have another name since, or became what another one is made of.
RENAMED = {
    "GraphDriverData": "DriverData",
    "IdResponse": "IDResponse",
    "Image": "ImageInspect",
    "NetworkContainer": "EndpointResource",
    "PluginInterfaceType": "PluginConfigInterface",
    "Port": "PortSummary",
    "VolumeCreateOptions": "VolumeCreateRequest",
}
