"""Receipts: a terms sheet on paper, as a PDF or as the bytes of a receipt printer, and printed vouchers."""
