"""What transformers makes of a folder with any number of labels for a text.

`multi_label.py FOLDER FILE`, the file JSON lines of text and labels; one line of JSON is the answer: the labels that each
output stands for, the logits of each text, and the loss against its labels.
"""

import json
import sys

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder, file = sys.argv[1:]
with open(file, encoding="utf-8") as lines:
    rows = [json.loads(line) for line in lines]
model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
tokenizer = AutoTokenizer.from_pretrained(folder)
labels = [model.config.id2label[i] for i in range(model.config.num_labels)]
truth = torch.tensor([[float(label in row["labels"]) for label in labels] for row in rows])
inputs = tokenizer([row["text"] for row in rows], padding=True, return_tensors="pt")
with torch.no_grad():
    out = model(**inputs, labels=truth)
print(json.dumps({"labels": labels, "logits": out.logits.tolist(), "loss": out.loss.item()}))
