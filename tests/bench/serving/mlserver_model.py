"""The small network of the bench as a model of MLServer: numpy, which for so few weights is quicker than TensorFlow."""

import json
from pathlib import Path

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class Network(MLModel):
    async def load(self) -> bool:
        file = Path(self.settings.parameters.uri)
        self._layers = [
            (np.asarray(one["kernel"], np.float32), np.asarray(one["bias"], np.float32), one["relu"])
            for one in json.loads(file.read_text())
        ]
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        x = self.decode(payload.inputs[0], default_codec=NumpyCodec)
        for kernel, bias, relu in self._layers:
            x = x @ kernel + bias
            if relu:
                x = np.maximum(x, 0)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        scores = e / e.sum(axis=1, keepdims=True)
        return InferenceResponse(
            model_name=self.name,
            outputs=[NumpyCodec.encode_output("scores", scores)],
        )
