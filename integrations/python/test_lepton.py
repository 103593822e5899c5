"""python3 -m unittest integrations/python/test_lepton.py"""

import http.server
import json
import math
import threading
import time
import types
import unittest
import unittest.mock

from lepton import HuggingFaceCallback, Lepton, LightningCallback


class Collector(http.server.ThreadingHTTPServer):
    """Answers as the collector does; `answers` come first, then 200."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages, self.answers, self.headers = [], [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status == 200:
            self.server.messages += [json.loads(line) for line in body.split("\n")]
            self.server.headers.append(dict(self.headers))
        answer = json.dumps({"accepted": 1, "rejected": 0}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


class Tensor:
    def item(self):
        return 0.25


class LeptonTests(unittest.TestCase):
    def setUp(self):
        self.collector = Collector()
        self.lepton = Lepton(self.collector.url, "llama", {"job": "run-17", "rank": 0}, token="secret", interval=0.05)

    def tearDown(self):
        self.lepton.close()
        self.collector.shutdown()
        self.collector.server_close()

    def test_log_numbers_of_all_kinds_are_sent_and_the_rest_is_left_out(self):
        self.lepton.log(7, loss=0.5, n=3, ok=True, tensor=Tensor(), text="x", nothing=None, bad=math.nan, high=math.inf)
        self.assertTrue(self.lepton.flush())
        message, = self.collector.messages
        self.assertEqual(message["metrics"],
                         {"loss": 0.5, "n": 3, "ok": 1, "tensor": 0.25, "bad": "NaN", "high": "Infinity"})
        self.assertEqual((message["model"], message["labels"], message["step"]), ("llama", {"job": "run-17", "rank": "0"}, 7))
        self.assertAlmostEqual(message["ts"] / 1e6, time.time(), delta=5)
        self.assertEqual(self.collector.headers[0]["Authorization"], "Bearer secret")

    def test_log_of_steps_faster_than_the_clock_has_a_time_for_each(self):
        for clock in (lambda: 1_790_000_000_000_000_000, lambda: 1_780_000_000_000_000_000):
            with unittest.mock.patch("time.time_ns", clock):
                for step in range(300):
                    self.lepton.log(step, loss=step)
        self.assertTrue(self.lepton.flush())
        times = [message["ts"] for message in self.collector.messages]
        self.assertEqual(len(set(times)), 600)
        self.assertEqual(times, sorted(times))

    def test_log_while_the_collector_is_busy_is_sent_again(self):
        self.collector.answers = [503, 429, 500]
        for step in range(20):
            self.lepton.log(step, loss=step)
        self.assertTrue(self.lepton.flush(20))
        self.assertEqual([message["step"] for message in self.collector.messages], list(range(20)))

    def test_log_of_a_refused_batch_is_not_sent_for_ever(self):
        self.collector.answers = [400]
        self.lepton.log(1, loss=1)
        self.assertTrue(self.lepton.flush())
        self.assertEqual((self.lepton.rejected, self.collector.messages), (1, []))

    def test_log_without_a_collector_neither_raises_nor_waits_and_is_bounded(self):
        lost = Lepton("http://127.0.0.1:1", "m", interval=0.01, most=100)
        began = time.monotonic()
        for step in range(1_000):
            lost.log(step, loss=1)
            lost.log_dict({"x": object()}, "no step")
        self.assertLess(time.monotonic() - began, 2)
        self.assertFalse(lost.flush(0.2))
        self.assertGreater(lost.dropped, 0)
        lost._stop.set()

    def test_hugging_face_callback_sends_logs_with_their_step_and_the_end(self):
        callback = HuggingFaceCallback(self.lepton)
        state = types.SimpleNamespace(global_step=30, is_world_process_zero=True)
        callback.on_train_begin(None, state, None)
        callback.on_log(None, state, None, logs={"loss": 2.5, "learning_rate": 1e-4, "epoch": 0.1})
        callback.on_log(None, types.SimpleNamespace(global_step=31, is_world_process_zero=False), None, logs={"loss": 9})
        callback.on_train_end(None, state, None)
        self.assertEqual([(message["step"], message["metrics"]) for message in self.collector.messages],
                         [(30, {"loss": 2.5, "learning_rate": 1e-4, "epoch": 0.1}), (30, {"finished": 1})])

    def test_lightning_callback_sends_logged_metrics_once_a_step(self):
        callback = LightningCallback(self.lepton)
        trainer = types.SimpleNamespace(global_step=5, is_global_zero=True, logged_metrics={"train_loss": Tensor()},
                                        callback_metrics={"val_loss": 0.75})
        callback.on_train_batch_end(trainer, None, None, None, 0)
        callback.on_train_batch_end(trainer, None, None, None, 1)
        callback.on_validation_end(trainer, None)
        callback.on_train_end(trainer, None)
        self.assertEqual([message["metrics"] for message in self.collector.messages],
                         [{"train_loss": 0.25}, {"val_loss": 0.75}, {"finished": 1}])


if __name__ == "__main__":
    unittest.main()
