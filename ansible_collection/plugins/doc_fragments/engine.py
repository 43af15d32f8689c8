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
      - Where the engine listens, as C(unix:///path/to/docker.sock) or C(tcp://host:port).
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
      - Asks for an encrypted connection whose server is not verified.
      - Encrypted connections are not supported yet. Over C(tcp://) the module fails rather than speak
        unencrypted where this is V(true); for a socket of the target it has no meaning.
      - Where the task does not say it, the environment variable E(DOCKER_TLS) of the target does.
    type: bool
    default: false
  validate_certs:
    description:
      - Asks for an encrypted connection whose server is verified. See O(tls) for what that means here.
      - Where the task does not say it, the environment variable E(DOCKER_TLS_VERIFY) of the target does.
    type: bool
    default: false
    aliases:
      - tls_verify
  ca_path:
    description:
      - The file with the certificate of the authority that the server is verified with. Refused over
        C(tcp://), as O(tls) is.
    type: path
    aliases:
      - ca_cert
      - tls_ca_cert
      - cacert_path
  client_cert:
    description:
      - The file with the certificate of the client. Refused over C(tcp://), as O(tls) is.
    type: path
    aliases:
      - tls_client_cert
      - cert_path
  client_key:
    description:
      - The file with the key of the client. Refused over C(tcp://), as O(tls) is.
    type: path
    aliases:
      - tls_client_key
      - key_path
  tls_hostname:
    description:
      - The name that the certificate of the server must have. Refused over C(tcp://), as O(tls) is.
      - Where the task does not say it, the environment variable E(DOCKER_TLS_HOSTNAME) of the target does.
    type: str
  use_ssh_client:
    description:
      - How to speak to C(ssh://) engines. They are not supported yet and refused as O(docker_host), so that
        this has no effect on the others.
    type: bool
    default: false
requirements:
  - Python 3.9 or newer
  - requests
  - requests-unixsocket 0.4 or newer (0.3 is enough with requests older than 2.32)
  - Docker Engine 20.10 (API 1.41) or newer
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
