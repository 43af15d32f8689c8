# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the documentation of the modules that run the Compose CLI has in common."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of the connection and the project, and what a target needs."""

    DOCUMENTATION = r"""
options:
  docker_cli:
    description:
      - The docker command. Without it, it is looked for on the E(PATH) of the target.
    type: path
  docker_host:
    description:
      - Where the engine listens, as C(unix:///path/to/docker.sock), C(tcp://host:port) or
        C(ssh://user@host).
      - Where the task does not say it, the environment variable E(DOCKER_HOST) of the target does. Without
        both, and without O(cli_context), it is V(unix:///var/run/docker.sock).
    type: str
    aliases:
      - docker_url
  cli_context:
    description:
      - The context of the docker command that says where the engine is, instead of O(docker_host).
      - It says as well how the connection is encrypted. O(tls) and O(validate_certs) have no effect then, and
        O(tls_hostname) and files for TLS are refused.
    type: str
  api_version:
    description:
      - The version of the Engine API to speak, such as V(1.41). With V(auto) the docker command chooses.
      - Where the task does not say it, the environment variable E(DOCKER_API_VERSION) of the target does.
    type: str
    default: auto
    aliases:
      - docker_api_version
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
      - The file with the certificates of the authorities that the engine is verified with.
      - Where the task does not say it, it is C(ca.pem) in the folder that the environment variable
        E(DOCKER_CERT_PATH) of the target names, or in that of the docker command's configuration.
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
      - Where the task does not say it, it is C(cert.pem) in the same folder.
    type: path
    aliases:
      - tls_client_cert
      - cert_path
  client_key:
    description:
      - The file with the key of O(client_cert), without a passphrase.
      - Where the task does not say it, it is C(key.pem) in the same folder.
    type: path
    aliases:
      - tls_client_key
      - key_path
  tls_hostname:
    description:
      - The name that the engine's certificate has to be for. The docker command verifies it for the host of
        O(docker_host) only, so with O(validate_certs) another one is refused, and so is this option with
        O(cli_context).
      - Where the task does not say it, the environment variable E(DOCKER_TLS_HOSTNAME) of the target does.
    type: str
  project_src:
    description:
      - The folder of the project on the target, which holds its Compose file, C(compose.yaml), C(compose.yml),
        C(docker-compose.yaml) or C(docker-compose.yml).
      - Either this or O(definition) is needed.
    type: path
  project_name:
    description:
      - The name of the project. Without it, it is the one in the Compose file, or that of the folder.
      - Needed with O(definition).
    type: str
  files:
    description:
      - Compose files in O(project_src) to take instead of the usual one. Later ones add to and replace what
        the ones before say.
    type: list
    elements: path
  definition:
    description:
      - What would stand in a Compose file, instead of one. It is written to the target for as long as the task
        runs, readable for its user alone, and counts whatever E(COMPOSE_FILE) names there.
      - Relative paths in it lead nowhere.
    type: dict
  env_files:
    description:
      - Files with variables for the Compose files, instead of C(.env). Relative paths count from O(project_src).
    type: list
    elements: path
  profiles:
    description:
      - Services with these profiles count as well.
    type: list
    elements: str
  check_files_existing:
    description:
      - Whether the task fails at once where O(project_src) holds no Compose file and O(files) is not stated.
      - State V(false) where a file with variables names others by E(COMPOSE_FILE).
    type: bool
    default: true
requirements:
  - Python 3.9 or newer
  - the docker command with its Compose plugin, 2.18.0 or newer
attributes:
  action_group:
    description: The action group for C(module_defaults) that the module is in.
    support: full
    membership:
      - pytest_engine.engine.engine
"""

    # For modules that run a command in a project.
    COMMAND = r"""
options:
  service:
    description: The service that the command is for.
    type: str
    required: true
  argv:
    description: The command and its arguments as a list, which need no quoting.
    type: list
    elements: str
  command:
    description:
      - The command and its arguments as a string, which is split like a shell does.
      - No shell is involved. For variables, pipes and patterns, run one, as in V(sh -c "ls *.txt").
      - O(argv) does not go with it, and neither can be empty.
    type: str
  chdir:
    description: The directory to run the command in, instead of the container's.
    type: str
  detach:
    description:
      - Whether the command is left to itself once it has been started.
      - O(stdin) does not go with it, and there are no RV(rc), RV(stdout) and RV(stderr).
    type: bool
    default: false
  user:
    description: The user to run the command as.
    type: str
  stdin:
    description: What the command reads from its standard input.
    type: str
  stdin_add_newline:
    description: Whether a newline is added to O(stdin).
    type: bool
    default: true
  strip_empty_ends:
    description: Whether line ends are taken off the end of RV(stdout) and RV(stderr).
    type: bool
    default: true
  tty:
    description:
      - Whether the command gets a terminal where Compose has one, which it has not when a module runs it.
    type: bool
    default: true
  env:
    description:
      - Environment variables of the command, beyond the container's.
      - Values have to be strings. Quote what YAML takes for something else, such as V("yes") or V("1.10").
      - They are handed over in the environment of Compose, where nobody else can read them. Those that Compose or
        the docker command would go by themselves, such as E(PATH), E(HOME), proxies, what begins with C(DOCKER_) or
        C(COMPOSE_), and variables that the project's files ask for, as in C(${NAME}), are handed over as arguments
        instead, which every user of the target can read meanwhile. To find these C(docker compose config) is run.
    type: dict
attributes:
  check_mode:
    description: Whether the module says what it would do without doing it.
    support: full
    details:
      - The command is not run. The task counts as changed, RV(rc) is V(0), and RV(stdout) and RV(stderr) are empty.
  diff_mode:
    description: Whether the module shows what differs from what is wanted.
    support: N/A
    details:
      - What a command changes is not known.
  idempotent:
    description: Whether a second run with the same options changes nothing.
    support: N/A
    details:
      - That depends on the command.
"""
