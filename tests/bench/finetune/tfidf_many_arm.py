"""TF-IDF of words and pairs with a logistic regression a label, as scikit-learn has them.

`tfidf_many_arm.py TRAIN TEST`, both JSON lines of text and labels; one line of JSON is the answer: at 0.5, and at the
threshold with the best micro F1 over three folds of the training rows. The test rows have no part in that.
"""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer

C = 30


def read(file):
    with open(file, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["text"] for row in rows], [row["labels"] for row in rows]


def model():
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2)), OneVsRestClassifier(LogisticRegression(C=C, solver="liblinear"))
    )


def score(truth, scores, threshold):
    said = scores >= threshold
    return {
        "accuracy": accuracy_score(truth, said),
        "microF1": f1_score(truth, said, average="micro", zero_division=0),
        "macroF1": f1_score(truth, said, average="macro", zero_division=0),
        "logLoss": log_loss(truth.ravel(), scores.ravel()),
    }


(texts, labels), (test_texts, test_labels) = read(sys.argv[1]), read(sys.argv[2])
names = MultiLabelBinarizer().fit(labels)
truth, test_truth = names.transform(labels), names.transform(test_labels)
began = time.perf_counter()
scores = model().fit(texts, truth).predict_proba(test_texts)
seconds = time.perf_counter() - began
held_out = cross_val_predict(model(), texts, truth, cv=3, method="predict_proba")
tried = np.linspace(0.05, 0.6, 56)
best = float(max(tried, key=lambda at: f1_score(truth, held_out >= at, average="micro")))
print(
    json.dumps(
        {
            "version": sklearn.__version__,
            "trainSeconds": seconds,
            "atHalf": score(test_truth, scores, 0.5),
            "atBest": {**score(test_truth, scores, best), "threshold": best},
        }
    )
)
