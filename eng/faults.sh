#!/usr/bin/env bash
# The long run of the fault suite, which writes docs/faults.md. About an hour on two cores.
#   eng/faults.sh [KILLS]      500 unless given; the number of the other faults follows from it
#   eng/faults.sh --page       writes the page again from the last run's figures (artifacts/faults)
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"; cd "$root"
. eng/lib.sh
found=artifacts/faults
if [ "${1:-}" != --page ]; then
  rm -rf "$found"
  step "building the tests" dotnet build test/LeptonStream.Integration.Tests -c Release --nologo -v quiet
  LEPTON_FAULTS="${1:-500}" LEPTON_REQUIRE_ALL=1 dotnet test test/LeptonStream.Integration.Tests -c Release --no-build --nologo \
    --filter 'FullyQualifiedName~KillStorm|FullyQualifiedName~NetworkFault|FullyQualifiedName~FailOver|FullyQualifiedName~DeliveryFault|FullyQualifiedName~Notifier.StormTests'
fi

cat > docs/faults.md <<PAGE
# Faults

The long run of the fault suite: \`eng/faults.sh\` makes the faults below, on a real Kafka, and writes this page. The tests of every day make fewer of the same, and others: [Guarantees](guarantees.md) names
them.

## Every event once

Three detectors own a partition each and are started again as soon as they die: at a random time while they work, at one of the [failpoints](adr/0013-failpoints.md), or while they start, join, restore and replay. Meanwhile the story goes on:
noisy series with incidents, new models whose first sample is an alert, training runs, records that can't be read. At the end of each story one single-threaded detector without any fault judges the same records,
and the alerts topic is compared with its events: as a multiset of id, score to the bit, and content. A consumer that read the topic from the start, while detectors died, must have read the same; every
input offset is committed, and the last snapshot is that detector's state to the bit.

| fault | times | records | events | lost | again | live again: median, 95 of 100 |
|---|---|---|---|---|---|---|
$(head -qn1 "$found/kills.md" "$found/network.md")

$(tail -n1 "$found/kills.md") *Again* counts events that are in the topic more than once, under one id. *Live again* is the time from a death until an event of each partition, of a record that was written
right after it, can be read: other detectors die meanwhile, and the machine is shared.

The network is cut, slow, or holds everything in both directions for longer than the session, between one of two detectors and the broker. What a detector had in the network when it was given up arrives
when the network lets it, which may be after its successor has published the same; whoever reads events drops the second by its id, as the notifier does.

## Every alert recorded once, and delivered

A notifier delivers to a webhook while alerts come forty times a second, and the notifier or PostgreSQL under it fails again and again.

| fault | times |
|---|---|
$(cat "$found/delivery.md")

$(cat "$found"/delivery-*.md)

## A storm

100,000 alerts within a minute, evenly, against a notifier with the settings that it has by itself; from the middle on each hundredth is critical. The machine is shared.

| groups | alerts | all recorded | first critical delivered | most messages in a minute | messages | all notified |
|---|---|---|---|---|---|---|
$(cat "$found"/storm-*.md)

## How long events wait

Records are written ten times a second to each of three partitions, of which two detectors own one or two. The figure is the longest time until an event can be read, in each replacement.

| replacement | times | longest wait: median, 95 of 100 |
|---|---|---|
$(cat "$found"/wait-*.md)

A detector without a name (\`Kafka:GroupInstanceId\`) is missed when its session is over, so the wait follows \`Kafka:SessionTimeoutMs\`, which is 45 s by default. One with a name has its partitions at once.
PAGE
say "docs/faults.md is written"
