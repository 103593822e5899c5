"""Send metrics to LeptonStream from Python: the standard library alone, no dependency.

    from lepton import Lepton
    lepton = Lepton("http://collector:4318", model="llama-pretrain", labels={"job": "run-17"})
    lepton.log(step, loss=loss.item(), lr=lr)
    lepton.finish(step)

Samples go to `POST /v1/samples` of `lepton collector`, from a thread of its own, in batches. Nothing here ever raises into the code that
calls it or keeps it waiting: while the collector is away samples are kept, up to a bound, and the oldest go first. docs/send/README.md
"""

import atexit
import json
import math
import threading
import time
import urllib.error
import urllib.request
from collections import deque

__all__ = ["Lepton", "HuggingFaceCallback", "LightningCallback"]

_NOT_FINITE = {math.inf: "Infinity", -math.inf: "-Infinity"}


class Lepton:
    """Sends the metrics of one entity, such as a training run or one rank of it.

    url             the collector, such as http://collector:4318
    model           whose metrics these are: somebody is paged for it
    labels          where they come from: job, rank, instance
    token           a sender's token, where the collector asks for one
    interval        seconds between two batches
    most            messages that are kept while the collector is away
    """

    def __init__(self, url, model, labels=None, token=None, interval=1.0, most=20_000, timeout=10.0):
        self._url = url.rstrip("/") + "/v1/samples"
        self._head = {"model": str(model), "labels": {str(k): str(v) for k, v in (labels or {}).items()}}
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = "Bearer " + token
        self._interval, self._timeout = interval, timeout
        self._queue = deque(maxlen=most)
        self._taking, self._last = threading.Lock(), 0
        self._wake, self._stop = threading.Event(), threading.Event()
        self._idle = threading.Condition()
        self._sending = False
        self.sent = self.dropped = self.rejected = self.repeated = 0
        self.error = None
        self._thread = threading.Thread(target=self._run, name="lepton", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def log(self, step=None, **metrics):
        """Takes metrics of now; whatever is no number is left out."""
        self.log_dict(metrics, step)

    def log_dict(self, metrics, step=None):
        """As `log`, for names that are no Python names."""
        try:
            values = {str(name): number for name, value in metrics.items() if (number := _number(value)) is not None}
            if not values:
                return
            message = {**self._head, "metrics": values}
            if step is not None:
                message["step"] = int(step)
            with self._taking:
                # A series has one value at a time: microseconds, which rise even where steps are faster, or the clock is set back.
                message["ts"] = self._last = max(self._last + 1, time.time_ns() // 1_000)
                if len(self._queue) == self._queue.maxlen:
                    self.dropped += 1
                self._queue.append(json.dumps(message, allow_nan=False))
        except Exception as failure:  # never into training
            self.error = failure

    def finish(self, step=None):
        """The run has ended on purpose: without this, one that falls silent is reported as dead."""
        self.log_dict({"finished": 1}, step)
        self.flush()

    def flush(self, timeout=10.0):
        """Waits until all that was logged is sent; says whether it is."""
        deadline = time.monotonic() + timeout
        self._wake.set()
        with self._idle:
            while self._queue or self._sending:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._idle.wait(min(left, 0.1))
        return True

    def close(self, timeout=5.0):
        """Sends the rest and ends."""
        if self._stop.is_set():
            return
        self.flush(timeout)
        self._stop.set()
        self._wake.set()

    def _run(self):
        wait = self._interval
        while not self._stop.is_set():
            self._wake.wait(wait)
            self._wake.clear()
            try:
                wait = self._send_all()
            except Exception as failure:  # a defect must not end the thread
                self.error, wait = failure, 5.0
            with self._idle:
                self._idle.notify_all()

    def _send_all(self):
        while self._queue:
            self._sending = True
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), 500))]
            wait = self._post(batch)
            self._sending = False
            if wait:
                # Newer ones may have come meanwhile: the oldest are the first to go.
                room = self._queue.maxlen - len(self._queue)
                self.dropped += max(0, len(batch) - room)
                self._queue.extendleft(reversed(batch[len(batch) - min(room, len(batch)):]))
                return wait
        return self._interval

    # Seconds to wait before the same batch is sent again; 0 where it is done with.
    def _post(self, batch):
        request = urllib.request.Request(self._url, "\n".join(batch).encode(), self._headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                result = json.loads(answer.read() or b"{}")
            self.sent += len(batch)
            self.rejected += int(result.get("rejected") or 0)
            self.repeated += int(result.get("repeated") or 0)
            self.error = result.get("error") or None
            return 0
        except urllib.error.HTTPError as refused:
            with refused:
                self.error = f"{refused.code}: {refused.read(500).decode(errors='replace')}"
            if refused.code in (408, 429) or refused.code >= 500:
                return _seconds(refused.headers.get("Retry-After"))
            self.rejected += len(batch)
            return 0
        except Exception as away:
            self.error = away
            return 2.0


class HuggingFaceCallback:
    """For `transformers.Trainer(callbacks=[HuggingFaceCallback(lepton)])`: whatever the trainer logs, with its step.

    It is a `TrainerCallback` where transformers is installed, and has its methods where not.
    """

    def __new__(cls, *args, **kwargs):
        try:
            from transformers import TrainerCallback
        except ImportError:
            return super().__new__(cls)
        if not issubclass(cls, TrainerCallback):
            cls = type(cls.__name__, (cls, TrainerCallback), {})
        return object.__new__(cls)

    def __init__(self, lepton):
        self.lepton = lepton

    def on_log(self, args, state, control, logs=None, **kwargs):
        if getattr(state, "is_world_process_zero", True):
            self.lepton.log_dict(logs or {}, getattr(state, "global_step", None))

    def on_train_end(self, args, state, control, **kwargs):
        if getattr(state, "is_world_process_zero", True):
            self.lepton.finish(getattr(state, "global_step", None))

    def __getattr__(self, name):
        # Events that it has no use for.
        if name.startswith("on_"):
            return lambda *args, **kwargs: None
        raise AttributeError(name)


class LightningCallback:
    """For `lightning.Trainer(callbacks=[LightningCallback(lepton)])`: `trainer.logged_metrics` after each batch that logged.

    It is a `Callback` where Lightning is installed, and has its methods where not.
    """

    def __new__(cls, *args, **kwargs):
        for package in ("lightning.pytorch", "pytorch_lightning"):
            try:
                base = __import__(package, fromlist=["Callback"]).Callback
            except ImportError:
                continue
            if not issubclass(cls, base):
                cls = type(cls.__name__, (cls, base), {})
            break
        return object.__new__(cls)

    def __init__(self, lepton):
        self.lepton = lepton
        self._step = -1

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_index, *args):
        if getattr(trainer, "is_global_zero", True) and trainer.global_step != self._step:
            self._step = trainer.global_step
            self.lepton.log_dict(trainer.logged_metrics, trainer.global_step)

    def on_validation_end(self, trainer, module):
        if getattr(trainer, "is_global_zero", True):
            self.lepton.log_dict(trainer.callback_metrics, trainer.global_step)

    def on_train_end(self, trainer, module):
        if getattr(trainer, "is_global_zero", True):
            self.lepton.finish(trainer.global_step)


def _number(value):
    """A number as JSON has it, or None. Tensors and NumPy numbers have `item`."""
    if hasattr(value, "item"):
        try:
            value = value.item()
        except Exception:  # a tensor of more than one
            return None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if not isinstance(value, float):
        return None
    if math.isfinite(value):
        return value
    return _NOT_FINITE.get(value, "NaN")


def _seconds(text):
    try:
        return min(60.0, max(0.5, float(text)))
    except (TypeError, ValueError):
        return 2.0
