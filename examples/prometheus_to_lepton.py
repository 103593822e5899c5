#!/usr/bin/env python3
"""Reads metrics in Prometheus's ways and writes them as records of lepton.metrics, every --interval seconds.

From an exporter (vLLM, SGLang, Triton, DCGM exporter), or from Prometheus's /federate:

    prometheus_to_lepton.py --url http://vllm:8000/metrics --model llama-70b

From queries of a Prometheus server, each NAME=PROMQL (repeat --query):

    prometheus_to_lepton.py --url http://prometheus:9090 --model-label model_name \\
        --query 'ttft_p99_s=histogram_quantile(0.99, sum by (model_name, le) (rate(vllm:time_to_first_token_seconds_bucket[1m])))'

Where the records go: --bootstrap-servers HOST:PORT (needs the Python package confluent-kafka), else standard output, one line
each, as "model|record" for kcat and kafka-console-producer.

With --up it also sends up: 1 where the address answered, 0 where not. An exporter that died is an alert by that, and by nothing else.

Exit codes: 0 after --once, 130 after Ctrl-C, 143 after SIGTERM, 1 where --once could not read, where records were not delivered, or
where confluent-kafka is missing.
"""

import argparse
import json
import re
import signal
import sys
import time
import urllib.parse
import urllib.request

SAMPLE = re.compile(r"^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+(-?\d+))?\s*(?:#.*)?$")
LABEL = re.compile(r'([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"')
ESCAPED = re.compile(r"\\(.)")


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="an exporter's page, or with --query a Prometheus server")
    parser.add_argument("--query", action="append", default=[], metavar="NAME=PROMQL", help="ask Prometheus this instead")
    parser.add_argument("--model", help="the model, job or fleet that is watched")
    parser.add_argument("--model-label", metavar="LABEL", help="take the model from this label, where a sample has it")
    parser.add_argument("--label", action="append", default=[], metavar="NAME=VALUE", help="give every sample this label")
    parser.add_argument("--drop", action="append", default=[], metavar="LABEL", help="leave this label out")
    parser.add_argument("--match", default="", metavar="REGEX", help="only metrics whose name begins so")
    parser.add_argument("--interval", type=float, default=15, help="seconds between two readings (default 15)")
    parser.add_argument("--up", action="store_true", help="also send up: 1 where the address answered, 0 where not (needs --model)")
    parser.add_argument("--once", action="store_true", help="read once and end")
    parser.add_argument("--topic", default="lepton.metrics")
    parser.add_argument("--bootstrap-servers", metavar="HOST:PORT")
    chosen = parser.parse_args()
    if not (chosen.model or chosen.model_label):
        parser.error("--model or --model-label says what is watched")
    if chosen.up and not chosen.model:
        parser.error("--up needs --model: where nothing answers nobody else names it")
    for pair in chosen.query + chosen.label:
        if "=" not in pair:
            parser.error(f"'{pair}' is not NAME=…")
    return chosen


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def samples_of_page(text):
    """(name, labels, value as text, epoch milliseconds or None) of each sample of an exporter's page."""
    for line in text.splitlines():
        found = SAMPLE.match(line)
        if found:
            name, labels, value, at = found.groups()
            plain = lambda part: ESCAPED.sub(lambda escape: {"n": "\n"}.get(escape[1], escape[1]), part)
            yield name, {key: plain(part) for key, part in LABEL.findall(labels or "")}, value, int(at) if at else None


def samples_of_queries(chosen):
    for pair in chosen.query:
        name, query = pair.split("=", 1)
        answer = json.loads(fetch(f"{chosen.url.rstrip('/')}/api/v1/query?{urllib.parse.urlencode({'query': query})}"))
        for result in answer["data"]["result"]:
            at, value = result["value"]
            labels = {key: part for key, part in result["metric"].items() if key != "__name__"}
            yield name, labels, value, int(at * 1000)


def records(chosen, samples, now):
    """One record for each model, label set and time: all its metrics together."""
    gathered = {}
    for name, labels, value, at in samples:
        # Buckets are judged by nobody, and the time at which a counter was made is no metric.
        if "le" in labels or name.endswith("_created") or not re.match(chosen.match, name):
            continue
        quantile = labels.pop("quantile", None)
        if quantile is not None:
            name += f"_p{100 * float(quantile):g}"
        model = labels.pop(chosen.model_label, None) if chosen.model_label else None
        if not (model or chosen.model):
            continue
        for label in chosen.drop:
            labels.pop(label, None)
        labels.update(pair.split("=", 1) for pair in chosen.label)
        key = model or chosen.model, tuple(sorted(labels.items())), at or now
        gathered.setdefault(key, {})[name] = number(value)
    for (model, labels, at), metrics in gathered.items():
        yield model, json.dumps({"model": model, "ts": at, "labels": dict(labels), "metrics": metrics}, ensure_ascii=False)


def up(chosen, answered, now):
    """The record that says whether the address answered, labelled as Prometheus labels it."""
    labels = {"instance": urllib.parse.urlsplit(chosen.url).netloc, **dict(pair.split("=", 1) for pair in chosen.label)}
    return json.dumps({"model": chosen.model, "ts": now, "labels": labels, "metrics": {"up": int(answered)}}, ensure_ascii=False)


def number(text):
    value = float(text)
    return value if abs(value) < float("inf") else str(value)


class Lines:
    """Writes records to standard output."""

    def send(self, model, record):
        print(f"{model}|{record}", flush=True)

    def close(self):
        return 0


class Kafka:
    """Sends records to a topic. A broker that is slow or away holds the reading up; it loses no record that fits the producer's queue."""

    PATIENCE = 30  # seconds to wait for room in the queue, and at the end for acknowledgements

    def __init__(self, chosen):
        try:
            from confluent_kafka import Producer
        except ImportError:
            sys.exit("--bootstrap-servers needs the Python package confluent-kafka: install it, or leave the option out and pipe into kcat")

        self.topic = chosen.topic
        self.lost = 0
        self.producer = Producer({"bootstrap.servers": chosen.bootstrap_servers, "partitioner": "murmur2_random"})

    def send(self, model, record):
        waits_until = time.time() + self.PATIENCE
        while True:
            try:
                self.producer.produce(self.topic, key=model, value=record, on_delivery=self.delivered)
                self.producer.poll(0)
                return
            except BufferError:
                # The queue is full: deliveries make room.
                if time.time() >= waits_until:
                    self.lose("the producer's queue is full")
                    return
                self.producer.poll(0.5)

    def close(self):
        """Waits for what is on its way; how many records were lost."""
        left = self.producer.flush(self.PATIENCE)
        if left:
            print(f"{self.topic}: {left} records were not acknowledged in {self.PATIENCE} s", file=sys.stderr)
        return self.lost + left

    def delivered(self, error, _):
        if error:
            self.lose(error)

    # One line for the first, and for every thousandth: an outage must not fill the log.
    def lose(self, reason):
        self.lost += 1
        if self.lost % 1000 == 1:
            print(f"{self.topic}: {self.lost} records lost: {reason}", file=sys.stderr)


def main():
    chosen = options()
    target = Kafka(chosen) if chosen.bootstrap_servers else Lines()
    try:
        failed = read_and_send(chosen, target.send)
    except BaseException:
        target.close()
        raise
    return 1 if target.close() or failed else 0


def read_and_send(chosen, send):
    """Reads in turns; whether the only turn of --once failed."""
    while True:
        began = time.time()
        answered = False
        try:
            samples = samples_of_queries(chosen) if chosen.query else samples_of_page(fetch(chosen.url))
            answered = True
            for model, record in records(chosen, samples, int(began * 1000)):
                send(model, record)
        except (OSError, ValueError, KeyError) as failure:
            answered = False
            print(f"{chosen.url}: {failure}", file=sys.stderr)
        if chosen.up:
            send(chosen.model, up(chosen, answered, int(began * 1000)))
        if chosen.once:
            return not answered
        time.sleep(max(0, began + chosen.interval - time.time()))


def terminate(*_):
    sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminate)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:
        # Nobody reads the output any more; Python must not write what it still holds.
        sys.stdout = None
        sys.exit(1)
