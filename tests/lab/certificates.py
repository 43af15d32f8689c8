"""Certificates of an authority of our own, in the files that the docker command knows."""

from __future__ import annotations

from pathlib import Path

__all__ = ["Authority"]


class Authority:
    """A certificate authority that lives as long as its object; its files stay.

    Args:
        folder: where `ca.pem` and the folders of what is issued are put.
    """

    def __init__(self, folder: Path) -> None:
        # Slow to import, and most users of the lab do without.
        import trustme

        self._folder = folder
        self._authority = trustme.CA()
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(str(self.file))

    def issue(self, name: str, *hosts: str) -> Path:
        """Issue a certificate, for a server or for a client.

        Args:
            name: what to call its folder.
            hosts: the names and addresses that it is for.

        Returns:
            The folder, with `ca.pem`, `cert.pem` and `key.pem`, as `DOCKER_CERT_PATH` has it.
        """
        folder = self._folder / name
        folder.mkdir(mode=0o700)
        issued = self._authority.issue_cert(*hosts)
        self._authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        issued.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
        issued.private_key_pem.write_to_path(str(folder / "key.pem"))
        return folder
