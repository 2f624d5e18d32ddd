"""Take TensorFlow's C library and the headers that its Node binding needs out of a wheel.

Usage: unpack-wheel.py WHEEL DIRECTORY. A wheel is a zip archive; whoever has pip has Python's zipfile.
"""
import shutil
import sys
import zipfile
from pathlib import Path

LIBRARIES = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
HEADERS = tuple(
    f"tensorflow/include/{folder}/" for folder in ("tensorflow/c", "tensorflow/core/platform", "tsl", "xla/tsl")
)

wheel, directory = sys.argv[1], Path(sys.argv[2])
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        name = entry.filename
        if name in LIBRARIES:
            target = directory / "lib" / Path(name).name
        elif name.startswith(HEADERS) and not entry.is_dir():
            target = directory / "include" / name[len("tensorflow/include/") :]
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
