"""Pictures in, texts out: the engines, the patience, and the process that keeps both at arm's length."""

from hardware.decode.files import decode_file
from hardware.decode.pipeline import decode_image
from hardware.decode.worker import DecodeWorker

__all__ = ["DecodeWorker", "decode_file", "decode_image"]
