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

work="$(mktemp -d)"; demo=""
trap '[ -z "$demo" ] || kill "$demo" 2>/dev/null; rm -rf "$work"' EXIT

# Half a minute for each fault: time enough to look.
"$lepton" demo --duration 6m --url http://127.0.0.1:0 >"$work/demo.log" 2>&1 & demo=$!
say "waiting for the fault that is shown"
until grep -q '✓ thermal-throttling found' "$work/demo.log"; do
  kill -0 "$demo" 2>/dev/null || { cat "$work/demo.log" >&2; fail "the demo ended before it"; }
  sleep 0.2
done
address="$(sed -n 's/^dashboard: //p' "$work/demo.log" | head -1)"
[ -n "$address" ] || fail "the demo does not say where its dashboard is"

# picture LANGUAGE FILE: on a busy machine the page may not be drawn in time; such a picture is small, and is taken again.
picture() {
  local wait size
  for wait in 6000 12000 20000; do
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/$1" --lang="$1" --accept-lang="$1" \
      --window-size=1440,960 --timeout=$wait --screenshot="$work/$2" "$address" >"$work/$1.log" 2>&1 || true
    size="$(stat -c %s "$work/$2" 2>/dev/null || echo 0)"
    [ "$size" -lt 60000 ] || return 0
  done
  cat "$work/$1.log" >&2; fail "no picture with alerts came of $address in $1"
}
picture en-US dashboard-en.png & first=$!
picture zh-CN dashboard-zh.png
wait "$first"
mkdir -p "$folder"
mv "$work"/dashboard-*.png "$folder/"
say "pictures: $folder/dashboard-en.png, $folder/dashboard-zh.png"
