"""What threshold.mjs has trained, as a model of MLServer: one number of one column tells two labels apart."""

import json
from pathlib import Path

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from mlserver.utils import get_model_uri


class Threshold(MLModel):
    async def load(self) -> bool:
        # Relative to its model-settings.json, wherever the server was started.
        folder = Path(await get_model_uri(self.settings))
        self._rule = json.loads((folder / "threshold.json").read_text())
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        column = next(one for one in payload.inputs if one.name == self._rule["column"])
        values = np.asarray(list(column.data), dtype=np.float64).reshape(-1)
        above = 1 / (1 + np.exp((self._rule["value"] + 0.5 - values) / 2))
        scores = np.stack([above, 1 - above], axis=1)
        return InferenceResponse(
            model_name=self.name,
            outputs=[NumpyCodec.encode_output("scores", scores)],
        )
