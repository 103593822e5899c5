#!/bin/sh
# One sample from a shell, as native JSON, as an Influx line, and as a batch job pushes it.
set -e
collector=${LEPTON_COLLECTOR:-http://localhost:4318}

curl --fail --silent --show-error "$collector/v1/samples" --data-binary \
  "{\"model\":\"llama-70b\",\"ts\":$(date +%s),\"labels\":{\"instance\":\"gpu-7\"},\"metrics\":{\"ttft_p99_ms\":182.3}}"

curl --fail --silent --show-error "$collector/api/v2/write?precision=s" --data-binary \
  "inference,model=llama-70b,instance=gpu-8 ttft_p99_ms=190.1 $(date +%s)"

echo 'eval_accuracy{model="llama-70b"} 0.913' |
  curl --fail --silent --show-error --data-binary @- "$collector/metrics/job/nightly-eval"
