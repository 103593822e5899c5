"""Hugging Face Trainer: whatever it logs, with its step.

    PYTHONPATH=../../integrations/python LEPTON_COLLECTOR=http://collector:4318 python3 hugging_face.py

PYTHONPATH is for this folder; in yours, lepton.py lies beside the script.
"""

import os

from lepton import HuggingFaceCallback, Lepton

lepton = Lepton(os.environ.get("LEPTON_COLLECTOR", "http://localhost:4318"), model="llama-sft", labels={"job": "sft-3"})
callback = HuggingFaceCallback(lepton)

if __name__ == "__main__":
    from transformers import Trainer, TrainingArguments

    trainer = Trainer(model=..., args=TrainingArguments(output_dir="out", logging_steps=10), train_dataset=..., callbacks=[callback])
    trainer.train()
