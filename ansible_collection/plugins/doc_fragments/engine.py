# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the documentation of all modules of this collection has in common."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of the connection, and what a target needs."""

    DOCUMENTATION = r"""
options:
  docker_host:
    description:
      - Where the engine listens, as C(unix:///path/to/docker.sock), C(tcp://host:port) or
        C(ssh://user@host).
      - Where the task does not say it, the environment variable E(DOCKER_HOST) of the target does.
    type: str
    default: unix:///var/run/docker.sock
    aliases:
      - docker_url
  api_version:
    description:
      - The version of the Engine API to speak, such as V(1.41). With V(auto) it is the newest one that both
        the engine and this collection know.
      - Where the task does not say it, the environment variable E(DOCKER_API_VERSION) of the target does.
    type: str
    default: auto
    aliases:
      - docker_api_version
  timeout:
    description:
      - How many seconds to wait for an answer of the engine. Pulling an image and stopping a container may
        take as long as they need.
      - Where the task does not say it, the environment variable E(DOCKER_TIMEOUT) of the target does.
    type: int
    default: 60
  tls:
    description:
      - Encrypts the connection to C(tcp://) engines without verifying their certificate. With
        O(validate_certs) it is verified.
      - Where the task does not say it, the environment variable E(DOCKER_TLS) of the target does.
    type: bool
    default: false
  validate_certs:
    description:
      - Encrypts the connection to C(tcp://) engines and verifies their certificate.
      - Where the task does not say it, the environment variable E(DOCKER_TLS_VERIFY) of the target does.
    type: bool
    default: false
    aliases:
      - tls_verify
  ca_path:
    description:
      - The file with the certificates of the authorities that the engine is verified with. Without it, they
        are those of the target's system.
      - Where the task does not say it, it is C(ca.pem) in the folder that the environment variable
        E(DOCKER_CERT_PATH) of the target names, if that exists.
      - This option and the ones for the client are refused for C(tcp://) engines without O(tls) and
        O(validate_certs), rather than to speak unencrypted.
    type: path
    aliases:
      - ca_cert
      - tls_ca_cert
      - cacert_path
  client_cert:
    description:
      - The file with the certificate to show to the engine.
      - Where the task does not say it, it is C(cert.pem) in the folder of E(DOCKER_CERT_PATH).
    type: path
    aliases:
      - tls_client_cert
      - cert_path
  client_key:
    description:
      - The file with the key of O(client_cert), without a passphrase.
      - Where the task does not say it, it is C(key.pem) in the folder of E(DOCKER_CERT_PATH).
    type: path
    aliases:
      - tls_client_key
      - key_path
  tls_hostname:
    description:
      - The name that the engine's certificate has to be for, where that is not the host of O(docker_host).
      - Where the task does not say it, the environment variable E(DOCKER_TLS_HOSTNAME) of the target does.
    type: str
  use_ssh_client:
    description:
      - Has no effect. To C(ssh://) engines it is always the ssh client of the target that connects, with the
        configuration, keys and jump hosts of the user that the module runs as, and C(docker) on the far side.
        It never asks a question, so the far side's host key has to be known.
    type: bool
    default: false
  debug:
    description: Whether the module returns the diff also where Ansible does not ask for it.
    type: bool
    default: false
requirements:
  - Python 3.9 or newer
  - requests
  - requests-unixsocket 0.4 or newer (0.3 is enough with requests older than 2.32)
  - Docker Engine 20.10 (API 1.41) or newer
notes:
  - On the controller itself, a task runs in Ansible's own process, which saves half a second, where that makes no
    difference. That is with the connection P(ansible.builtin.local#connection) and the Python that Ansible runs with,
    without C(become), C(async) and C(timeout). Set the variable C(pytest_engine_in_place) to V(false), and each task
    has a process of its own.
attributes:
  action_group:
    description: The action group for C(module_defaults) that the module is in.
    support: full
    membership:
      - pytest_engine.engine.engine
"""

    # For modules that change something.
    ENSURES = r"""
attributes:
  check_mode:
    description: Whether the module says what it would do without doing it.
    support: full
  diff_mode:
    description: Whether the module shows what differs from what is wanted.
    support: full
  idempotent:
    description: Whether a second run with the same options changes nothing.
    support: full
"""

    # For modules that only read.
    READS = r"""
attributes:
  check_mode:
    description: Whether the module does the same in check mode.
    support: full
    details:
      - It only reads.
  diff_mode:
    description: Whether the module shows what differs from what is wanted.
    support: N/A
    details:
      - It only reads.
  idempotent:
    description: Whether a second run with the same options changes nothing.
    support: full
"""

    # For plugins, which run on the controller and read its environment.
    PLUGIN = r"""
options:
  docker_host:
    description:
      - Where the engine listens, as C(unix:///path/to/docker.sock), C(tcp://host:port) or
        C(ssh://user@host), seen from the controller.
    type: str
    default: unix:///var/run/docker.sock
    env:
      - name: DOCKER_HOST
    aliases:
      - docker_url
  api_version:
    description:
      - The version of the Engine API to speak, such as V(1.41). With V(auto) it is the newest one that both
        the engine and this collection know.
    type: str
    default: auto
    env:
      - name: DOCKER_API_VERSION
    aliases:
      - docker_api_version
  timeout:
    description: How many seconds to wait for an answer of the engine.
    type: int
    default: 60
    env:
      - name: DOCKER_TIMEOUT
  tls:
    description:
      - Encrypts the connection to C(tcp://) engines without verifying their certificate. With
        O(validate_certs) it is verified.
    type: bool
    default: false
    env:
      - name: DOCKER_TLS
  validate_certs:
    description: Encrypts the connection to C(tcp://) engines and verifies their certificate.
    type: bool
    default: false
    env:
      - name: DOCKER_TLS_VERIFY
    aliases:
      - tls_verify
  ca_path:
    description:
      - The file with the certificates of the authorities that the engine is verified with. Without it, it is
        C(ca.pem) in the folder that the environment variable E(DOCKER_CERT_PATH) names, if that exists, or
        else those of the controller's system.
      - This option and the ones for the client are refused for C(tcp://) engines without O(tls) and
        O(validate_certs), rather than to speak unencrypted.
    type: path
    aliases:
      - ca_cert
      - tls_ca_cert
      - cacert_path
  client_cert:
    description:
      - The file with the certificate to show to the engine. Without it, it is C(cert.pem) in the folder of
        E(DOCKER_CERT_PATH).
    type: path
    aliases:
      - tls_client_cert
      - cert_path
  client_key:
    description:
      - The file with the key of O(client_cert), without a passphrase. Without it, it is C(key.pem) in the
        folder of E(DOCKER_CERT_PATH).
    type: path
    aliases:
      - tls_client_key
      - key_path
  tls_hostname:
    description:
      - The name that the engine's certificate has to be for, where that is not the host of O(docker_host).
    type: str
    env:
      - name: DOCKER_TLS_HOSTNAME
requirements:
  - requests
  - requests-unixsocket 0.4 or newer (0.3 is enough with requests older than 2.32)
  - Docker Engine 20.10 (API 1.41) or newer
notes:
  - What is required is required on the controller, and the containers need none of it. The docker command is
    needed on the far side of C(ssh://) engines alone.
"""

    # The variables by which hosts state the same.
    VARIABLES = r"""
options:
  docker_host:
    vars:
      - name: ansible_docker_docker_host
  api_version:
    vars:
      - name: ansible_docker_api_version
  timeout:
    vars:
      - name: ansible_docker_timeout
  tls:
    vars:
      - name: ansible_docker_tls
  validate_certs:
    vars:
      - name: ansible_docker_validate_certs
  ca_path:
    vars:
      - name: ansible_docker_ca_cert
      - name: ansible_docker_ca_path
  client_cert:
    vars:
      - name: ansible_docker_client_cert
  client_key:
    vars:
      - name: ansible_docker_client_key
  tls_hostname:
    vars:
      - name: ansible_docker_tls_hostname
"""

    # What connections into containers have in common, however they get there.
    INSIDE = r"""
options:
  remote_addr:
    description: The name or id of the container.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_docker_host
  remote_user:
    description:
      - The user to run commands as in the container, by name or number. Without it, it is the one that the
        container itself runs as.
    type: str
    vars:
      - name: ansible_user
      - name: ansible_docker_user
    ini:
      - section: defaults
        key: remote_user
    env:
      - name: ANSIBLE_REMOTE_USER
    cli:
      - name: user
    keyword:
      - name: remote_user
  container_timeout:
    description:
      - How many seconds there may be silence while a privilege escalation asks for its password. A command
        that runs may be silent for as long as it likes.
    type: int
    default: 10
    vars:
      - name: ansible_docker_timeout
    ini:
      - section: defaults
        key: timeout
      - section: docker_connection
        key: timeout
    env:
      - name: ANSIBLE_TIMEOUT
      - name: ANSIBLE_DOCKER_TIMEOUT
    cli:
      - name: timeout
  extra_env:
    description:
      - Environment variables for the commands, beyond the container's. They are visible to whoever may
        inspect what runs in the container.
      - Values have to be strings. Quote what YAML takes for something else, such as V("yes") or V("1.10").
    type: dict
    vars:
      - name: ansible_docker_extra_env
  working_dir:
    description: The folder in the container to run commands in, instead of the container's.
    type: str
    vars:
      - name: ansible_docker_working_dir
    ini:
      - section: docker_connection
        key: working_dir
    env:
      - name: ANSIBLE_DOCKER_WORKING_DIR
  privileged:
    description:
      - Whether commands have all capabilities, as in a privileged container. They may leave the container
        then.
    type: bool
    default: false
    vars:
      - name: ansible_docker_privileged
    ini:
      - section: docker_connection
        key: privileged
    env:
      - name: ANSIBLE_DOCKER_PRIVILEGED
"""
