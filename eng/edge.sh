#!/usr/bin/env bash
# The size of an edge that scrapes and judges 500 series every 5 seconds, from a page on this machine and without a broker (BOOTSTRAP=host:port for one).
#   eng/edge.sh [SECONDS]     180 unless given; the first minute is not counted for the processor's share
# It prints resident memory (now, its parts, at most) and the share of one core: as `lepton edge` begins, with probes, with HTTP, and with the runtime's defaults.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"; cd "$root"
. eng/lib.sh
need python3 "It shows the page"
seconds="${1:-180}"; warm=60; [ "$seconds" -gt "$warm" ] || fail "more than $warm seconds are needed"
program="${LEPTON_PROGRAM:-}"
if [ -z "$program" ]; then
  ./build.sh build
  program=artifacts/lepton/lepton
fi
folder="$(mktemp -d)"; trap 'kill $page $edge 2>/dev/null || true; rm -rf "$folder"' EXIT
edge=

cat > "$folder/page.py" <<'PAGE'
import http.server, random
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        names = ["GPU_UTIL", "GPU_TEMP", "POWER_USAGE", "FB_USED", "SM_CLOCK", "MEM_CLOCK", "MEMORY_TEMP", "MEM_COPY_UTIL", "PCIE_REPLAY_COUNTER", "XID_ERRORS"]
        lines = []
        for name in names:
            lines.append(f"# TYPE DCGM_FI_DEV_{name} gauge")
            for gpu in range(50):
                value = 0 if name in ("PCIE_REPLAY_COUNTER", "XID_ERRORS") else 60 + random.gauss(0, 3)
                lines.append(f'DCGM_FI_DEV_{name}{{gpu="{gpu}",UUID="GPU-{gpu}",Hostname="node-7"}} {value:.2f}')
        body = ("\n".join(lines) + "\n").encode()
        self.send_response(200); self.send_header("Content-Type", "text/plain; version=0.0.4"); self.send_header("Content-Length", str(len(body)))
        self.end_headers(); self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Page)
print(server.server_port, flush=True)
server.serve_forever()
PAGE
python3 "$folder/page.py" > "$folder/port" & page=$!
until [ -s "$folder/port" ]; do sleep 0.1; done
cat > "$folder/edge.yaml" <<YAML
scrape_configs:
  - {job_name: gpus, scrape_interval: 5s, static_configs: [{targets: ["127.0.0.1:$(cat "$folder/port")"]}]}
YAML

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
memory() { awk -v key="$2:" '$1 == key {printf "%.1f", $2 / 1024}' "/proc/$1/status"; }

# The name of the measurement, NAME=VALUE of the environment or nothing, then flags.
measure() {
  local name="$1" variable="$2"; shift 2
  env ${variable:+"$variable"} "$program" edge --collector-config "$folder/edge.yaml" --spool "$folder/spool-$RANDOM" --set Edge:KernelLog= \
    --bootstrap-servers "${BOOTSTRAP:-127.0.0.1:1}" "$@" 2> "$folder/log" & edge=$!
  sleep "$warm"; local before; before="$(ticks "$edge")"
  sleep $((seconds - warm))
  local share; share="$(awk -v t="$(($(ticks "$edge") - before))" -v s="$((seconds - warm))" -v hz="$(getconf CLK_TCK)" 'BEGIN {printf "%.2f", 100 * t / hz / s}')"
  printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$name" "$(memory "$edge" VmRSS)" "$(memory "$edge" RssAnon)" "$(memory "$edge" RssShmem)" \
    "$(memory "$edge" RssFile)" "$(memory "$edge" VmHWM)" "$share"
  kill "$edge"; wait "$edge" || true; edge=
}

printf '| edge | resident, MB | data | code and types | mapped files | at most, MB | of one core, %% |\n|---|---|---|---|---|---|---|\n'
measure "scrapes" "" --http ""
measure "scrapes, takes HTTP" "" --http http://127.0.0.1:0
measure "scrapes, serves probes and metrics" "" --http "" --health-port 18099
measure "scrapes, the runtime's defaults" LEPTON_RUNTIME=usual --http ""
