"""TF-IDF with logistic regression, as scikit-learn has them: what a person would try first.

`tfidf_arm.py TRAIN TEST`, both JSON lines of text and label; one line of JSON is the answer. The tuned arm chooses C and
what is counted by three folds of the training rows; the test rows have no part in that.
"""

import json
import sys
import time

import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline


def read(file):
    with open(file, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["text"] for row in rows], [row["label"] for row in rows]


def plain():
    return make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))


tried = {
    "logisticregression__C": [3, 10, 30],
    "tfidfvectorizer__ngram_range": [(1, 1), (1, 2)],
}


def score(model):
    began = time.perf_counter()
    model.fit(*train)
    seconds = time.perf_counter() - began
    return {"accuracy": model.score(*test), "trainSeconds": seconds}


train, test = read(sys.argv[1]), read(sys.argv[2])
search = GridSearchCV(plain(), tried, cv=3)
default, tuned = score(plain()), score(search)
chosen = {
    "C": search.best_params_["logisticregression__C"],
    "words": search.best_params_["tfidfvectorizer__ngram_range"][1],
}
print(json.dumps({"version": sklearn.__version__, "default": default, "tuned": {**tuned, "chosen": chosen}}))
