"""Printers by transport: a folder of PDFs, a network printer, a file or device; and a fake of the second."""

from hardware.printer.targets import open_printer

__all__ = ["open_printer"]
