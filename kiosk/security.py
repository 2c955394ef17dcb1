"""What a page of ours may load and run, as the browser is told.

What it must not know: pages, routes.
"""

from __future__ import annotations

# Nothing from another host, nothing inline, nothing that could be framed or sent elsewhere.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
