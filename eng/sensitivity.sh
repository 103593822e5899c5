#!/usr/bin/env bash
# Measures what half and double of each tuned constant do to the scores on labelled series, and writes eng/sensitivity.csv, of which docs/tuning.md is made.
#   eng/sensitivity.sh LEPTON NAB KPI [NAME...]     LEPTON the program, NAB and KPI the folders of the series, NAME those to measure (else all of docs/tuning.md)
# Rows that are there and not measured now stay. LEPTON may be several words. JOBS at a time, 1 unless set.
set -euo pipefail
lepton="$1" nab="$2" kpi="$3"; shift 3
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"; table="$root/eng/sensitivity.csv"
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || mapfile -t names < <(sed -n 's/^| `\([A-Za-z.]*\)` |.*/\1/p' "$root/docs/tuning.md")
[ $# -eq 0 ] || names=("$@")
value_of() { sed -n "s/^| \`$1\` | \([0-9.,]*\) |.*/\1/p" "$root/docs/tuning.md" | tr -d ,; }
# NAB's standard score, and recall at 0.1 false episodes a series-day.
figure() { # FOLDER ARGS...
  local folder="$1"; shift
  $lepton backtest "$folder" --json "$@" 2> /dev/null | python3 -c 'import json, sys; d = json.load(sys.stdin)
print("%.1f" % d["nab"]["standard"] if "nab" in d else "%.3f" % d["total"]["recallAt"]["0.1"])'
}
measure() { # NAME
  local value half double row; value="$(value_of "$1")"
  half="$(python3 -c "v = $value; print(v / 2 if '.' in '$value' else v // 2)")"; double="$(python3 -c "print(2 * $value)")"
  row="$1,$value,$(figure "$nab" --set "$1=$half"),$(figure "$kpi" --set "$1=$half"),$(figure "$nab" --set "$1=$double"),$(figure "$kpi" --set "$1=$double")"
  echo "$row" > "$work/$1"; echo "$row" >&2
}
echo "(as it is),,$(figure "$nab"),$(figure "$kpi"),," > "$work/base"
for name in "${names[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-1}" ]; do wait -n; done
  measure "$name" &
done
wait
{ echo "name,value,half_nab,half_kpi,double_nab,double_kpi"; cat "$work"/*; [ ! -f "$table" ] || tail -n +2 "$table"; } | awk -F, '!seen[$1]++' > "$work.csv"
{ head -1 "$work.csv"; tail -n +2 "$work.csv" | sort; } > "$table"; rm "$work.csv"
