"""The built site in a browser on this machine: plain files over HTTP, reachable from here only."""

import functools
import http.server
from pathlib import Path

from vbs_site.diagnostics import ExitCode, FaultError


def serve(site: Path, port: int) -> int:
    """Serve the site until interrupted.

    Raises:
        FaultError: when no site has been built, or the port is taken.
    """
    if not (site / "index.html").exists():
        raise FaultError.one(
            ExitCode.RELEASE, site, "a site has been built", hint="Run `python build.py` first"
        )
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise FaultError.one(
            ExitCode.MACHINE,
            f"127.0.0.1:{port}",
            "the port is free",
            got=error.strerror or "",
            hint="Choose another with --port",
        ) from None
    with server:
        print(f"the site is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl-C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
