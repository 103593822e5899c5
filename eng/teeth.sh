#!/usr/bin/env bash
# Seeds the faults of eng/teeth, one after the other, into a copy of the source, and says whether the tests that should notice one do.
#   eng/teeth.sh [NAME...]     NAME of a patch without .patch (else all)
# A patch begins with two lines: "fault: …" for the table, and "tests: LAYER FILTER" for dotnet test. Before the first fault the same tests
# must pass without one. Fails where a fault is not caught. BUILD is put before each dotnet, to share a machine.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"; cd "$root"
. eng/lib.sh
fail() { printf 'teeth.sh: %s\n' "$*" >&2; exit 1; }
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
export LEPTON_SHARED="${LEPTON_SHARED:-$(cd .. && pwd)/shared}" DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
[ $# -gt 0 ] && names=("$@") || mapfile -t names < <(basename -s .patch -a eng/teeth/*.patch)
git ls-files -z | tar --null --files-from=- -cf - | tar -xf - -C "$work"
cd "$work"

field() { sed -n "s/^$1: //p" "$root/eng/teeth/$2.patch"; }
build() { ${BUILD:-} dotnet build "test/LeptonStream.$1.Tests" -c Release -v quiet > "$work/build.log" 2>&1; }
# run LAYER FILTER: dotnet test is content where no test has such a name
run() {
  ${BUILD:-} dotnet test "test/LeptonStream.$1.Tests" -c Release --no-build --filter "$2" > "$work/test.log" 2>&1 && code=0 || code=$?
  ! grep -q 'No test matches' "$work/test.log" || fail "no test of $1 is called $2"
  return $code
}

say "without a fault"
for name in "${names[@]}"; do field tests "$name"; done | sort -u | while read -r layer filter; do
  step "$layer $filter" eval "build $layer && run $layer '$filter' || { tail -n 40 '$work'/*.log; false; }"
done

say "with a fault"
missed=0
for name in "${names[@]}"; do
  read -r layer filter < <(field tests "$name")
  patch -s -p1 --no-backup-if-mismatch < "$root/eng/teeth/$name.patch" || fail "$name.patch does not fit the source any more"
  build "$layer" || { tail -n 20 "$work/build.log" >&2; fail "$name.patch does not build"; }
  if run "$layer" "$filter"; then outcome="NOT CAUGHT"; missed=$((missed + 1))
  else outcome="caught by $(grep -oE '^ +Failed \S+' "$work/test.log" | awk '{print $2}' | sort -u | paste -sd' ')"; fi
  printf '    %-28s %s\n    %-28s %s\n' "$name" "$(field fault "$name")" "" "$outcome"
  patch -s -R -p1 --no-backup-if-mismatch < "$root/eng/teeth/$name.patch"
done
[ $missed = 0 ] || fail "$missed of ${#names[@]} faults are not caught"
say "${#names[@]} of ${#names[@]} faults are caught"
