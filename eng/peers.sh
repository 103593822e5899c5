#!/usr/bin/env bash
# The detector beside a bare Consume() loop and Kafka Streams, on one broker: the broker has one core, whoever drains the other.
#   eng/peers.sh [OPTION...]     options of the benchmarks; --peers unless given
# Without ../shared (a real Kafka, and the peer) it says so and measures nothing.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"; cd "$root"
. eng/lib.sh
shared="${LEPTON_SHARED:-$(cd .. && pwd)/shared}"
for part in kafka/bin/cluster peers/kafka-streams/run; do
  [ -x "$shared/$part" ] || { say "nothing is measured: $shared/$part is missing"; exit 0; }
done
need taskset "It comes with util-linux"; [ "$(nproc)" -ge 2 ] || fail "two cores are needed"
[ $# -gt 0 ] || set -- --peers

step "building the benchmarks" dotnet build test/LeptonStream.Benchmarks -c Release --nologo -v quiet
folder="$(mktemp -d)"; trap '"$shared/kafka/bin/cluster" stop "$folder"; rm -rf "$folder"' EXIT
# Broker and drainers compile with all they have: a short-lived broker of the tests does not.
KAFKA_JVM_OPTS='-XX:+UseG1GC' KAFKA_HEAP=2g taskset -c 0 "$shared/kafka/bin/cluster" start "$folder" --port "${PORT:-19392}" \
  --set group.min.session.timeout.ms=1000
LEPTON_TEST_KAFKA="$(tail -n1 "$folder/bootstrap")" \
  taskset -c 1 dotnet artifacts/bin/LeptonStream.Benchmarks/release/LeptonStream.Benchmarks.dll "$@"
