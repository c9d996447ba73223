"""A small stand-in for a build of Jaeger UI, with the same file layout and placeholders."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

INDEX = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <!-- <script>not one</script> -->
    <base href="/" data-inject-target="BASE_URL" />
    <title>Jaeger UI</title>
    <script>
      // JAEGER_CONFIG_JS
      function getJaegerUiConfig() {
        const DEFAULT_CONFIG = null;
        const JAEGER_CONFIG = DEFAULT_CONFIG;
        return JAEGER_CONFIG;
      }
      function getJaegerStorageCapabilities() {
        const DEFAULT_STORAGE_CAPABILITIES = { archiveStorage: true };
        const JAEGER_STORAGE_CAPABILITIES = DEFAULT_STORAGE_CAPABILITIES;
        return JAEGER_STORAGE_CAPABILITIES;
      }
    </script>
    <script>
      function getJaegerBackendCapabilities() {
        const DEFAULT_BACKEND_CAPABILITIES = { aiAssistant: true };
        const JAEGER_BACKEND_CAPABILITIES = DEFAULT_BACKEND_CAPABILITIES;
        return JAEGER_BACKEND_CAPABILITIES;
      }
      function getJaegerVersion() {
        const DEFAULT_VERSION = { gitCommit: '', gitVersion: '', buildDate: '' };
        const JAEGER_VERSION = DEFAULT_VERSION;
        return JAEGER_VERSION;
      }
    </script>
    <script type="module" src="./static/index.js"></script>
  </head>
  <body>
    <div id="jaeger-ui-root"></div>
  </body>
</html>
"""
# What Jaeger UI does beyond plain scripts: it injects styles, and lays out graphs with WebAssembly in a worker.
SCRIPT = """
const style = document.createElement("style");
style.textContent = "#jaeger-ui-root { color: rgb(1, 2, 3) }";
document.head.append(style);
const services = await (await fetch("api/services")).json();
const worker = new Worker(new URL("./worker.js", import.meta.url));
worker.onmessage = ({ data }) => {
  const shown = { path: location.pathname, services: services.data, worker: data, ...getJaegerBackendCapabilities() };
  document.getElementById("jaeger-ui-root").textContent = JSON.stringify(shown);
};
"""
WORKER = """
new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
postMessage("WebAssembly runs");
"""


def make_build(folder: Path) -> Path:
    """Write the build and return the folder."""
    (folder / "static").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "favicon.ico").write_bytes(b"icon")
    (folder / "static" / "index.js").write_text(SCRIPT)
    (folder / "static" / "worker.js").write_text(WORKER)
    return folder
