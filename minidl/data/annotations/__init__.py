"""What is known about images (classes, boxes, polygons, masks, by whom), and its file formats.

One file a format, each with ``read`` and ``write``: `table` (CSV), `coco`, `voc`, `yolo` and
`masks`. ``read`` uses whatever is sound and reports the rest; ``write`` reports what the format
cannot hold. No format changes what it reads.
"""

from minidl.data.annotations import coco, masks, table, voc, yolo
from minidl.data.annotations.model import (
    AnnotatedImage,
    Annotations,
    Box,
    Mask,
    Polygon,
    Tag,
)
from minidl.data.annotations.reading import Problem

__all__ = [
    "AnnotatedImage",
    "Annotations",
    "Box",
    "Mask",
    "Polygon",
    "Problem",
    "Tag",
    "coco",
    "masks",
    "table",
    "voc",
    "yolo",
]
