# Generated from the description of Engine API 1.55 by pytest_engine.generate.
# Change the generator, not this file.
"""The operations of the Engine API, in the order of its description."""

from __future__ import annotations

from .model import Table

__all__ = ["OPERATIONS"]

OPERATIONS = Table("""
ContainerList GET /containers/json containers.list 1.25
 query all
 query filters
 query limit
 query size

ContainerCreate POST /containers/create containers.create 1.25
 query name
 query platform=1.41
 body Healthcheck.StartInterval=1.44
 body HostConfig.Annotations=1.43
 body HostConfig.KernelMemory=1.40..1.42
 body HostConfig.KernelMemoryTCP=1.40..1.52
 body HostConfig.Mounts[].BindOptions.CreateMountpoint=1.42
 body HostConfig.Mounts[].BindOptions.ReadOnlyForceRecursive=1.44
 body HostConfig.Mounts[].BindOptions.ReadOnlyNonRecursive=1.44
 body HostConfig.Mounts[].ImageOptions=1.48
 body HostConfig.Mounts[].TmpfsOptions.Options=1.46
 body HostConfig.Mounts[].VolumeOptions.Subpath=1.45
 body MacAddress=1.25..1.52
 body NetworkingConfig.EndpointsConfig{}.DNSNames=1.44
 body NetworkingConfig.EndpointsConfig{}.GwPriority=1.48

ContainerInspect GET /containers/{id}/json containers.inspect 1.25
 query size

ContainerTop GET /containers/{id}/top containers.top 1.25
 query ps_args

ContainerLogs GET /containers/{id}/logs containers.logs 1.25
 query follow
 query since
 query stderr
 query stdout
 query tail
 query timestamps
 query until=1.35
 query details

ContainerChanges GET /containers/{id}/changes containers.changes 1.25

ContainerExport GET /containers/{id}/export containers.export 1.25

ContainerStats GET /containers/{id}/stats containers.stats 1.25
 query one-shot=1.41
 query stream

ContainerResize POST /containers/{id}/resize containers.resize 1.25
 query h
 query w

ContainerStart POST /containers/{id}/start containers.start 1.25
 query detachKeys
 query checkpoint
 query checkpoint-dir

ContainerStop POST /containers/{id}/stop containers.stop 1.25
 query signal=1.42
 query t

ContainerRestart POST /containers/{id}/restart containers.restart 1.25
 query signal=1.42
 query t

ContainerKill POST /containers/{id}/kill containers.kill 1.25
 query signal

ContainerUpdate POST /containers/{id}/update containers.update 1.25
 body KernelMemory=1.40..1.42
 body KernelMemoryTCP=1.40..1.52

ContainerRename POST /containers/{id}/rename containers.rename 1.25
 query name

ContainerPause POST /containers/{id}/pause containers.pause 1.25

ContainerUnpause POST /containers/{id}/unpause containers.unpause 1.25

ContainerAttach POST /containers/{id}/attach containers.attach 1.25
 query detachKeys
 query logs
 query stderr
 query stdin
 query stdout
 query stream

ContainerAttachWebsocket GET /containers/{id}/attach/ws containers.attach_websocket 1.25
 query detachKeys
 query logs
 query stderr=1.42
 query stdin=1.42
 query stdout=1.42
 query stream

ContainerWait POST /containers/{id}/wait containers.wait 1.25
 query condition=1.30

ContainerDelete DELETE /containers/{id} containers.remove 1.25
 query force
 query link=1.27
 query v

ContainerArchive GET /containers/{id}/archive containers.get_archive 1.25
 query path

ContainerArchiveInfo HEAD /containers/{id}/archive containers.archive_info 1.25
 query path

PutContainerArchive PUT /containers/{id}/archive containers.put_archive 1.25
 query copyUIDGID=1.39
 query noOverwriteDirNonDir
 query path

ContainerPrune POST /containers/prune containers.prune 1.25
 query filters=1.28

ImageList GET /images/json images.list 1.25
 query all
 query digests
 query filters
 query identity=1.54
 query manifests=1.47
 query shared-size=1.42

ImageBuild POST /build build.image 1.25
 query buildargs
 query cachefrom
 query cpuperiod
 query cpuquota
 query cpusetcpus
 query cpushares
 query dockerfile
 query extrahosts=1.28
 query forcerm
 query labels
 query memory
 query memswap
 query networkmode
 query nocache
 query outputs=1.40
 query platform=1.34
 query pull
 query q
 query remote
 query rm
 query shmsize
 query squash
 query t
 query target=1.37
 query version=1.38
 query buildid
 query cgroupparent
 query cpusetmems
 query isolation
 query securityopt
 query session
 query ulimits
 headers Content-type
 headers X-Registry-Config

BuildPrune POST /build/prune build.prune 1.31
 query all=1.39
 query filters=1.39
 query keep-storage=1.39..1.52
 query max-used-space=1.48
 query min-free-space=1.48
 query reserved-space=1.48

ImageCreate POST /images/create images.pull 1.25
 query changes=1.40
 query fromImage
 query fromSrc
 query message=1.39
 query platform=1.32
 query repo
 query tag
 headers X-Registry-Auth

ImageInspect GET /images/{name}/json images.inspect 1.25
 query manifests=1.48
 query platform=1.49

ImageAttestations GET /images/{name}/attestations images.attestations 1.55
 query platform=1.55
 query statement=1.55
 query type=1.55

ImageHistory GET /images/{name}/history images.history 1.25
 query platform=1.48

ImagePush POST /images/{name}/push images.push 1.25
 query platform=1.46
 query tag
 headers X-Registry-Auth

ImageTag POST /images/{name}/tag images.tag 1.25
 query repo
 query tag

ImageDelete DELETE /images/{name} images.remove 1.25
 query force
 query noprune
 query platforms=1.50

ImageSearch GET /images/search images.search 1.25
 query filters
 query limit
 query term

ImagePrune POST /images/prune images.prune 1.25
 query filters

SystemAuth POST /auth system.login 1.25
 body email=1.25..1.52

SystemInfo GET /info system.info 1.25

SystemVersion GET /version system.version 1.25

SystemPing GET /_ping system.ping 1.25

SystemPingHead HEAD /_ping system.ping_head 1.40

ImageCommit POST /commit images.commit 1.25
 query author
 query changes
 query comment
 query container
 query pause
 query repo
 query tag
 body Healthcheck.StartInterval=1.44
 body MacAddress=1.25..1.52

SystemEvents GET /events system.events 1.25
 query filters
 query since
 query until

SystemDataUsage GET /system/df system.disk_usage 1.25
 query type=1.42
 query verbose=1.52

ImageGet GET /images/{name}/get images.save 1.25
 query platform=1.48

ImageGetAll GET /images/get images.save 1.25
 query names
 query platform=1.48

ImageLoad POST /images/load images.load 1.25
 query platform=1.48
 query quiet

ContainerExec POST /containers/{id}/exec exec.create 1.25
 body ConsoleSize=1.42

ExecStart POST /exec/{id}/start exec.start 1.25
 body ConsoleSize=1.42

ExecResize POST /exec/{id}/resize exec.resize 1.25
 query h
 query w

ExecInspect GET /exec/{id}/json exec.inspect 1.25

VolumeList GET /volumes volumes.list 1.25
 query filters

VolumeCreate POST /volumes/create volumes.create 1.25
 body ClusterVolumeSpec=1.42

VolumeInspect GET /volumes/{name} volumes.inspect 1.25

VolumeUpdate PUT /volumes/{name} volumes.update 1.42
 query version=1.42

VolumeDelete DELETE /volumes/{name} volumes.remove 1.25
 query force

VolumePrune POST /volumes/prune volumes.prune 1.25
 query filters=1.28

NetworkList GET /networks networks.list 1.25
 query filters

NetworkInspect GET /networks/{id} networks.inspect 1.25
 query scope=1.31
 query verbose=1.28

NetworkDelete DELETE /networks/{id} networks.remove 1.25

NetworkCreate POST /networks/create networks.create 1.25
 body CheckDuplicate=1.25..1.46
 body EnableIPv4=1.47

NetworkConnect POST /networks/{id}/connect networks.connect 1.25
 body EndpointConfig.DNSNames=1.44
 body EndpointConfig.GwPriority=1.48

NetworkDisconnect POST /networks/{id}/disconnect networks.disconnect 1.25

NetworkPrune POST /networks/prune networks.prune 1.25
 query filters=1.28

PluginList GET /plugins plugins.list 1.25
 query filters=1.28

GetPluginPrivileges GET /plugins/privileges plugins.privileges 1.25
 query remote=1.27

PluginPull POST /plugins/pull plugins.pull 1.25
 query name
 query remote
 headers X-Registry-Auth

PluginInspect GET /plugins/{name}/json plugins.inspect 1.25

PluginDelete DELETE /plugins/{name} plugins.remove 1.25
 query force

PluginEnable POST /plugins/{name}/enable plugins.enable 1.25
 query timeout

PluginDisable POST /plugins/{name}/disable plugins.disable 1.25
 query force=1.28

PluginUpgrade POST /plugins/{name}/upgrade plugins.upgrade 1.26
 query remote=1.26
 headers X-Registry-Auth=1.26

PluginCreate POST /plugins/create plugins.create 1.25
 query name

PluginPush POST /plugins/{name}/push plugins.push 1.25

PluginSet POST /plugins/{name}/set plugins.set 1.25

NodeList GET /nodes nodes.list 1.25
 query filters

NodeInspect GET /nodes/{id} nodes.inspect 1.25

NodeDelete DELETE /nodes/{id} nodes.remove 1.25
 query force

NodeUpdate POST /nodes/{id}/update nodes.update 1.25
 query version

SwarmInspect GET /swarm swarm.inspect 1.25

SwarmInit POST /swarm/init swarm.init 1.25

SwarmJoin POST /swarm/join swarm.join 1.25

SwarmLeave POST /swarm/leave swarm.leave 1.25
 query force

SwarmUpdate POST /swarm/update swarm.update 1.25
 query rotateManagerToken
 query rotateManagerUnlockKey
 query rotateWorkerToken
 query version

SwarmUnlockkey GET /swarm/unlockkey swarm.unlock_key 1.25

SwarmUnlock POST /swarm/unlock swarm.unlock 1.25

ServiceList GET /services services.list 1.25
 query filters
 query status=1.41

ServiceCreate POST /services/create services.create 1.25
 headers X-Registry-Auth
 body TaskTemplate.ContainerSpec.Healthcheck.StartInterval=1.44
 body TaskTemplate.ContainerSpec.Mounts[].BindOptions.CreateMountpoint=1.42
 body TaskTemplate.ContainerSpec.Mounts[].BindOptions.ReadOnlyForceRecursive=1.44
 body TaskTemplate.ContainerSpec.Mounts[].BindOptions.ReadOnlyNonRecursive=1.44
 body TaskTemplate.ContainerSpec.Mounts[].ImageOptions=1.48
 body TaskTemplate.ContainerSpec.Mounts[].TmpfsOptions.Options=1.46
 body TaskTemplate.ContainerSpec.Mounts[].VolumeOptions.Subpath=1.45
 body TaskTemplate.ContainerSpec.OomScoreAdj=1.46
 body TaskTemplate.ContainerSpec.Privileges.AppArmor=1.44
 body TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges=1.44
 body TaskTemplate.ContainerSpec.Privileges.Seccomp=1.44
 body TaskTemplate.Resources.MemorySwappiness=1.52
 body TaskTemplate.Resources.SwapBytes=1.52

ServiceInspect GET /services/{id} services.inspect 1.25
 query insertDefaults=1.29

ServiceDelete DELETE /services/{id} services.remove 1.25

ServiceUpdate POST /services/{id}/update services.update 1.25
 query registryAuthFrom
 query rollback=1.28
 query version
 headers X-Registry-Auth
 body TaskTemplate.ContainerSpec.Healthcheck.StartInterval=1.44
 body TaskTemplate.ContainerSpec.Mounts[].BindOptions.CreateMountpoint=1.42
 body TaskTemplate.ContainerSpec.Mounts[].BindOptions.ReadOnlyForceRecursive=1.44
 body TaskTemplate.ContainerSpec.Mounts[].BindOptions.ReadOnlyNonRecursive=1.44
 body TaskTemplate.ContainerSpec.Mounts[].ImageOptions=1.48
 body TaskTemplate.ContainerSpec.Mounts[].TmpfsOptions.Options=1.46
 body TaskTemplate.ContainerSpec.Mounts[].VolumeOptions.Subpath=1.45
 body TaskTemplate.ContainerSpec.OomScoreAdj=1.46
 body TaskTemplate.ContainerSpec.Privileges.AppArmor=1.44
 body TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges=1.44
 body TaskTemplate.ContainerSpec.Privileges.Seccomp=1.44
 body TaskTemplate.Resources.MemorySwappiness=1.52
 body TaskTemplate.Resources.SwapBytes=1.52

ServiceLogs GET /services/{id}/logs services.logs 1.25
 query details
 query follow
 query since
 query stderr
 query stdout
 query tail
 query timestamps

TaskList GET /tasks tasks.list 1.25
 query filters

TaskInspect GET /tasks/{id} tasks.inspect 1.25

TaskLogs GET /tasks/{id}/logs tasks.logs 1.29
 query details=1.29
 query follow=1.29
 query since=1.29
 query stderr=1.29
 query stdout=1.29
 query tail=1.29
 query timestamps=1.29

SecretList GET /secrets secrets.list 1.25
 query filters

SecretCreate POST /secrets/create secrets.create 1.25

SecretInspect GET /secrets/{id} secrets.inspect 1.25

SecretDelete DELETE /secrets/{id} secrets.remove 1.25

SecretUpdate POST /secrets/{id}/update secrets.update 1.26
 query version=1.26

ConfigList GET /configs configs.list 1.30
 query filters=1.30

ConfigCreate POST /configs/create configs.create 1.30

ConfigInspect GET /configs/{id} configs.inspect 1.30

ConfigDelete DELETE /configs/{id} configs.remove 1.30

ConfigUpdate POST /configs/{id}/update configs.update 1.30
 query version=1.30

DistributionInspect GET /distribution/{name}/json distribution.inspect 1.30

Session POST /session session.open 1.31

BuildCancel POST /build/cancel build.cancel 1.25
 query id
 undocumented

CheckpointList GET /containers/{id}/checkpoints containers.checkpoints 1.25
 query dir
 undocumented

CheckpointCreate POST /containers/{id}/checkpoints containers.create_checkpoint 1.25
 undocumented

CheckpointDelete DELETE /containers/{id}/checkpoints/{checkpoint} containers.remove_checkpoint 1.25
 query dir
 undocumented
""")
