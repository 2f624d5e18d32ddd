"""NannyML's CBPE on scores of a file: its estimates of each chunk. Talks JSON over stdin and stdout."""

import json
import sys
import warnings
from importlib.metadata import version

warnings.filterwarnings("ignore")

import nannyml  # noqa: E402
import pandas  # noqa: E402

METRICS = ["accuracy", "f1", "roc_auc"]


def frame(rows):
    scores = rows["scores"]
    data = {"score": scores, "said": [int(s >= 0.5) for s in scores]}
    if "truth" in rows:
        data["truth"] = rows["truth"]
    return pandas.DataFrame(data)


def main():
    asked = json.load(sys.stdin)
    nannyml.disable_usage_logging() if hasattr(nannyml, "disable_usage_logging") else None
    answers = []
    for run in asked["runs"]:
        cbpe = nannyml.CBPE(
            metrics=METRICS,
            y_pred_proba="score",
            y_pred="said",
            y_true="truth",
            problem_type="classification_binary",
            chunk_size=asked["chunkSize"],
        )
        cbpe.fit(frame(run["reference"]))
        found = cbpe.estimate(frame(run["now"])).filter(period="analysis").to_df()
        answers.append({metric: found[(metric, "value")].tolist() for metric in METRICS})
    print(json.dumps({"version": version("nannyml"), "runs": answers}))


main()
