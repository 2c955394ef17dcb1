"""Cameras, real and played from files, and the loop that reads codes from one of them."""

from hardware.camera.loop import CameraLoop, CameraView
from hardware.camera.sources import open_camera

__all__ = ["CameraLoop", "CameraView", "open_camera"]
