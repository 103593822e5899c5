"""Lightning: whatever modules log with self.log, with its step.

    PYTHONPATH=../../integrations/python LEPTON_COLLECTOR=http://collector:4318 python3 lightning_run.py

PYTHONPATH is for this folder; in yours, lepton.py lies beside the script.
"""

import os

from lepton import Lepton, LightningCallback

lepton = Lepton(os.environ.get("LEPTON_COLLECTOR", "http://localhost:4318"), model="llama-dpo", labels={"job": "dpo-1"})
callback = LightningCallback(lepton)

if __name__ == "__main__":
    import lightning

    trainer = lightning.Trainer(max_steps=1000, log_every_n_steps=10, callbacks=[callback])
    trainer.fit(model=..., train_dataloaders=...)
