"""Hand scanners: those that type like a keyboard, told from people by their speed, and /dev/input itself."""

from hardware.scanner.wedge import ScannedText, WedgeRecogniser, split_prefix

__all__ = ["ScannedText", "WedgeRecogniser", "split_prefix"]
