# Sourced by build.sh: every test that this machine can run but the slow ones, or with --slow only these. Options after "test" go to dotnet test.
#
# Slow (Category "Slow") are those that hold what is promised of accuracy: millions of samples each, minutes together; they print what they measure.
#
# The layers need real parts: PostgreSQL, a browser and a Kafka client for Python come from Debian; Kafka, Alertmanager, Kubernetes and the labelled series from
# ../shared where it exists (LEPTON_TEST_KAFKA names a broker of your own). What is missing is skipped and says so;
# LEPTON_REQUIRE_ALL=1 makes such a skip a failure.
wanted='TestCategory!=Slow' verbosity=minimal results="$root/artifacts/test-results"
if [ "${1:-}" = --slow ]; then wanted='TestCategory=Slow' verbosity=normal results="$results-slow"; shift; fi
# A filter of one's own takes the place of both.
filter=(--filter "$wanted")
for option in "$@"; do [ "${option%%=*}" != --filter ] || filter=(); done

say "test parts"
if command -v apt-get >/dev/null; then
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || debian postgresql
  command -v chromium >/dev/null || debian chromium
  debian python3-confluent-kafka
  if [ -d ../shared ]; then
    command -v java >/dev/null || debian openjdk-17-jre-headless
    debian xz-utils openssl curl
  fi
fi
for part in ../shared/kafka ../shared/data ../shared/tools; do
  [ -d "$part" ] && echo "    $part found" || echo "    $part is missing: the tests that need it are skipped"
done

step "building the tests" dotnet build LeptonStream.sln -c Release --nologo -v quiet

rm -rf "$results"; mkdir -p "$results"

# A layer after the other.
run() {
  local status=0 layer
  for layer in "$@"; do
    say "LeptonStream.$layer.Tests"
    dotnet test "test/LeptonStream.$layer.Tests" -c Release --no-build --nologo "${filter[@]}" "${options[@]}" \
      --logger "console;verbosity=$verbosity" --logger "trx;LogFileName=$layer.trx" --results-directory "$results" || status=1
  done
  return $status
}

# Three at a time: some wait for clusters and browsers where others compute. Those in the background are shown when the others have ended.
options=("$@") status=0
set -m
run Roles >"$results/Roles.log" 2>&1 & roles=$!
run Integration >"$results/Integration.log" 2>&1 & integration=$!
set +m
trap 'kill -- -$roles -$integration 2>/dev/null || true' EXIT
run Core Product || status=1
wait $roles || status=1
wait $integration || status=1
trap - EXIT
cat "$results/Roles.log" "$results/Integration.log"

# Its long log is often cut: the failed tests are named at its end, each with the first line of why.
failures() {
  awk '
    /<UnitTestResult / { name = /outcome="Failed"/ ? $0 : ""; sub(/.* testName="/, "", name); sub(/".*/, "", name) }
    name != "" && /<Message>/ {
      why = $0; sub(/.*<Message>[ \t]*/, "", why); sub(/<\/Message>.*/, "", why)
      print "FAILED " name ": " why; name = ""
    }
  ' "$1"
}

passed=0 failed=0 skipped=0
for layer in Core Product Roles Integration; do
  counters="$(grep -o '<Counters [^>]*>' "$results/$layer.trx" 2>/dev/null | head -1)" || true
  count() { local n; n="$(printf '%s' "$counters" | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p")"; echo "${n:-0}"; }
  [ -n "$counters" ] || { echo "build.sh: LeptonStream.$layer.Tests left no result" >&2; status=1; }
  passed=$((passed + $(count passed))); failed=$((failed + $(count failed)))
  skipped=$((skipped + $(count total) - $(count executed)))
done
[ "$failed" = 0 ] || for layer in Core Product Roles Integration; do [ ! -f "$results/$layer.trx" ] || failures "$results/$layer.trx"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ $((passed + failed + skipped)) -gt 0 ] || fail "no test is called that"
exit $status
