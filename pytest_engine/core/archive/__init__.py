"""Tar archives, the form in which files go into containers and come out of them.

Packed and unpacked as they pass by, in bounded memory, and without any engine.
"""

from __future__ import annotations

from .pack import pack_files, pack_path
from .path_stat import PathStat, decode_path_stat
from .read import Member, read_members
from .unpack import read_file, unpack

__all__ = [
    "Member",
    "PathStat",
    "decode_path_stat",
    "pack_files",
    "pack_path",
    "read_file",
    "read_members",
    "unpack",
]
