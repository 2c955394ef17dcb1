"""Cameras, hand scanners and printers, behind the protocols of `hardware.ports`.

It must not know what a scanned text means, who prints, or why: no voucher, no web framework, no database.
"""
