"""A training loop that reports each step.

    PYTHONPATH=../../integrations/python LEPTON_COLLECTOR=http://collector:4318 python3 train.py

PYTHONPATH is for this folder; in yours, lepton.py lies beside the script.
"""

import math
import os
import random
import time

from lepton import Lepton

lepton = Lepton(os.environ.get("LEPTON_COLLECTOR", "http://localhost:4318"), model="llama-pretrain",
                labels={"job": "run-17"}, token=os.environ.get("LEPTON_TOKEN"))

for step in range(1, 21):
    began = time.time()
    # loss = model(batch).loss; loss.backward(); grad_norm = clip_grad_norm_(…); optimizer.step()
    loss, grad_norm = 2 + 3 * math.exp(-step / 8), 1 + random.random() / 10
    lepton.log(step, loss=loss, grad_norm=grad_norm, lr=3e-4, step_time_s=time.time() - began)

lepton.finish(step)  # a run that falls silent without this is reported as dead
