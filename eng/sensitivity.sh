#!/usr/bin/env bash
# Measures what half and double of each tuned constant do, and writes eng/sensitivity.csv, of which docs/tuning.md is made.
#   eng/sensitivity.sh LEPTON DATA [NAME...]     LEPTON the program, DATA the folder of labelled data, NAME those to measure (else all)
# Rows that are there and not measured now stay; `(as it is)` rows are measured where a constant of their table is. LEPTON may be several words.
# JOBS at a time, 1 unless set. The story needs test/LeptonStream.Product.Tests built in Release.
set -euo pipefail
lepton="$1" data="$(cd "$2" && pwd)"; shift 2
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"; table="$root/eng/sensitivity.csv"
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || mapfile -t names < <(sed -n 's/^| `\([A-Za-z.]*\)` |.*/\1/p' "$root/docs/tuning.md")
[ $# -eq 0 ] || names=("$@")
mkdir -p "$work/nab/data" "$work/kpi" "$work/rows"
ln -s "$data/nab/data/realKnownCause" "$work/nab/data/"; ln -s "$data/nab/labels" "$work/nab/"
for curve in 54350a12 a8c06b47 c02607e8 e0747cad; do ln -s "$data/aiops-kpi/${curve}_full.csv" "$work/kpi/"; done

value_of() { sed -n "s/^| \`$1\` | \([0-9.,E-]*\) |.*/\1/p" "$root/docs/tuning.md" | tr -d ,; }
# A detector that is off by default is measured with it on: its name follows from the constant's, Detectors.PageHinkleySlack.
added() { # NAME
  for rule in median-mad ewma page-hinkley variance-change seasonal-residual half-space-trees autoencoder; do
    [[ "${1,,}" != "detectors.${rule//-/}"* ]] || echo "$rule"
  done
}
table_of() { # NAME: the row of figures as it is
  case "$1" in
    Entities.*) echo entities ;;
    Training.*) echo training ;;
    EarlyWarning.*) echo early-warning ;;
    Peers.*) echo peers ;;
    *) local rule; rule="$(added "$1")"; echo "series${rule:+ with $rule}" ;;
  esac
}
backtest() { # EXPRESSION FOLDER ARGS...: of the JSON d
  local expression="$1"; shift
  $lepton backtest "$@" --json 2> /dev/null | python3 -c "import json, sys; d = json.load(sys.stdin); print($expression)" || echo "–"
}
figures() { # TABLE ARGS...
  local what="$1" policies=(); shift
  case "$what" in
    entities)
      for set in smd asd jumpstarter; do
        backtest '"%.3f" % d["total"]["aucPr"]' "$data/$set" --step "$([ $set = smd ] && echo 60 || echo 300)" "$@"
      done ;;
    training) backtest '"%d;%d" % (d["training"]["prompt"], d["training"]["falseEpisodes"])' "$data/training-runs" "$@" ;;
    early-warning | peers)
      LEPTON_FIGURES="$work/$BASHPID" LEPTON_SET="${2:-}" dotnet test "$root/test/LeptonStream.Product.Tests" -c Release --no-build \
        --filter TuningYardstick > /dev/null 2>&1 || true
      sed -n "s/^$what //p" "$work/$BASHPID" 2> /dev/null || echo "–" ;;
    *)
      if [ "$what" != series ]; then
        printf 'defaults:\n  detectors: [+%s]\n' "${what#series with }" > "$work/${what// /-}.yaml"; policies=(--policies "$work/${what// /-}.yaml")
      fi
      backtest '"%.1f" % d["nab"]["standard"]' "$work/nab" "${policies[@]}" "$@"
      backtest '"%.3f" % d["total"]["recallAt"]["0.1"]' "$work/kpi" "${policies[@]}" "$@" ;;
  esac | paste -sd';'
}
measure() { # NAME
  local value half double row what; value="$(value_of "$1")"; what="$(table_of "$1")"
  half="$(python3 -c "v = $value; print(v / 2 if v % 2 else v // 2)")"; double="$(python3 -c "print(2 * $value)")"
  ! must_be_whole "$1=$half" || half="${half%.*}"
  row="$1,$value,$(figures "$what" --set "$1=$half"),$(figures "$what" --set "$1=$double")"
  echo "$row" > "$work/rows/$1"; echo "$row" >&2
}
must_be_whole() { [[ "$($lepton backtest "$work/none" --set "$1" 2>&1 || true)" == *"a whole number"* ]]; }
for name in "${names[@]}"; do
  what="$(table_of "$name")"
  [ -e "$work/rows/$what" ] || { echo "(as it is) $what,,$(figures "$what")," > "$work/rows/$what"; cat "$work/rows/$what" >&2; }
  while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-1}" ]; do wait -n || true; done
  measure "$name" &
done
wait
{ cat "$work"/rows/*; [ ! -f "$table" ] || tail -n +2 "$table"; } | awk -F, '!seen[$1]++' | LC_ALL=C sort > "$work/sorted"
{ echo "name,value,half,double"; cat "$work/sorted"; } > "$table"
