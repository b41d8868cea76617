#!/bin/sh
# What `make test-site` needs beside Python and Java: Chromium, axe-core, vnu. Nothing of it becomes part of the project.
set -eu
folder="$1"
if ! command -v chromium >/dev/null; then
    echo "installing Chromium with apt-get"
    $(command -v sudo || true) apt-get install --yes --quiet chromium
fi
[ -f "$folder/node_modules/axe-core/axe.min.js" ] && [ -f "$folder/node_modules/vnu-jar/build/dist/vnu.jar" ] && exit 0
command -v npm >/dev/null || { echo "npm is missing: install Node.js, it brings axe-core and vnu" >&2; exit 1; }
mkdir -p "$folder"
npm install --silent --no-save --ignore-scripts --prefix "$folder" axe-core@4.14.1 vnu-jar@26.9.27
