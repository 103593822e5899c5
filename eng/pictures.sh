#!/usr/bin/env bash
# The pictures of the README, from the running program: the dashboard in both languages while the demo's GPU 3 overheats.
#
#   eng/pictures.sh [FOLDER]     writes dashboard-en.png and dashboard-zh.png (default: docs/images)
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"; cd "$root"
. eng/lib.sh
folder="${1:-docs/images}"; lepton="${LEPTON_PROGRAM:-$root/artifacts/lepton/lepton}"
[ -x "$lepton" ] || ./build.sh build
command -v chromium >/dev/null || debian chromium
debian fonts-noto-cjk

command -v python3 >/dev/null || debian python3

work="$(mktemp -d)"; running=""
stop() { [ -z "$running" ] || { kill -CONT "$running"; kill "$running"; wait "$running"; } 2>/dev/null || true; running=""; }
trap 'stop; rm -rf "$work"' EXIT

# Waits until a line of a log is there.
await() {
  until grep -q "$2" "$1"; do
    kill -0 "$running" 2>/dev/null || { cat "$1" >&2; fail "it ended before it said '$2'"; }
    sleep 0.2
  done
}

mkdir "$work/tmp"
TMPDIR="$work/tmp" "$lepton" demo --duration 90s --no-dashboard >"$work/demo.log" 2>&1 & running=$!
say "waiting for the fault that is shown"
await "$work/demo.log" '✓ thermal-throttling found'
# A moment for the notifier. The program stands still while its journal is copied: the copy shows this moment for as long as a picture takes.
sleep 1
kill -STOP "$running"
cp "$work"/tmp/lepton-demo-*/*.db* "$work/"
stop
journal="$(echo "$work"/*.db)"
# The roles of the copy are gone, and the page would say so in red.
python3 -c 'import sqlite3, sys; copy = sqlite3.connect(sys.argv[1]); copy.execute("delete from role_status"); copy.commit()' "$journal"
"$lepton" dashboard --storage "Data Source=$journal" --url http://127.0.0.1:0 >"$work/page.log" 2>&1 & running=$!
await "$work/page.log" '^dashboard: '
address="$(sed -n 's/^dashboard: //p' "$work/page.log" | head -1)"

python3 eng/picture.py "$address" en-US "$work/dashboard-en.png"
python3 eng/picture.py "$address" zh-CN "$work/dashboard-zh.png"
mkdir -p "$folder"
mv "$work"/dashboard-*.png "$folder/"
say "pictures: $folder/dashboard-en.png, $folder/dashboard-zh.png"
