"""Reads what Driftloop has exported with the tools that it is for, and says what they see as JSON."""

import json
import os
import sys


def onnx(file, rows):
    import numpy
    import onnx as format
    import onnxruntime

    format.checker.check_model(format.load(file), full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    kinds = {"tensor(double)": numpy.float64, "tensor(string)": numpy.str_}
    missing = {"tensor(double)": float("nan"), "tensor(string)": ""}
    feeds = {
        one.name: numpy.array(
            [[missing[one.type] if row.get(one.name) is None else row[one.name]] for row in rows]
        ).astype(kinds[one.type] if one.type == "tensor(double)" else object)
        for one in session.get_inputs()
    }
    names = [one.name for one in session.get_outputs()]
    return {name: value.tolist() for name, value in zip(names, session.run(names, feeds))}


def safetensors(file):
    from safetensors.numpy import load_file

    return {name: [list(value.shape), str(value.dtype)] for name, value in load_file(file).items()}


def mlflow(folder):
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=folder)
    experiments = [one for one in client.search_experiments() if one.name != "Default"]
    runs = client.search_runs([one.experiment_id for one in experiments])
    return [
        {
            "experiment": client.get_experiment(run.info.experiment_id).name,
            "name": run.info.run_name,
            "status": run.info.status,
            "params": run.data.params,
            "tags": run.data.tags,
            "latest": run.data.metrics,
            "loss": [
                [m.step, m.value]
                for m in (
                    client.get_metric_history(run.info.run_id, "training/loss")
                    if "training/loss" in run.data.metrics
                    else []
                )
            ],
            "artifacts": sorted(one.path for one in client.list_artifacts(run.info.run_id)),
            "version": sorted(one.path for one in client.list_artifacts(run.info.run_id, "version")),
        }
        for run in runs
    ]


if __name__ == "__main__":
    what, *given = json.load(sys.stdin)
    print(json.dumps({"onnx": onnx, "safetensors": safetensors, "mlflow": mlflow}[what](*given)))
