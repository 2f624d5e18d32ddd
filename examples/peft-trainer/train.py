"""A trainer for Driftloop with Hugging Face's transformers and PEFT: LoRA for telling texts apart.

    python train.py train FOLDER      reads spec.json there, leaves an adapter in the folder for the artifact
    python train.py predict FOLDER    answers rows with it, a JSON line each

The contract is docs/trainers.md of Driftloop. Settings (trainer.settings of the config), each with a default: base,
rank, alpha, targets, epochs, learningRate, batchSize, longest.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_cosine_schedule_with_warmup

DEFAULTS = {
    "rank": 8,
    "alpha": 16,
    "targets": "all-linear",
    "epochs": 3,
    "learningRate": 1e-3,
    "batchSize": 16,
    "longest": 128,
}
TRAINER_FILE = "trainer.json"
STATE_FILE = "state.pt"
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def say(kind, **fields):
    print(json.dumps({"kind": kind, **fields}), flush=True)


def fail(message, fix):
    say("failed", message=message, fix=fix)
    sys.exit(1)


def memory_mb():
    """The most that this process has held; on a GPU, what its tensors held there."""
    if DEVICE == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def open_base(base, labels):
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForSequenceClassification.from_pretrained(
        base, num_labels=len(labels), ignore_mismatched_sizes=True
    )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model.config.pad_token_id = tokenizer.pad_token_id
    return tokenizer, model


class Texts:
    """Rows of a file as batches of tokens and labels."""

    def __init__(self, file, feature, labels, tokenizer, longest):
        rows = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
        self.texts = [row["input"].get(feature) or "" for row in rows]
        self.labels = torch.tensor([labels.index(row["label"]) for row in rows])
        self.encode = lambda texts: tokenizer(
            texts, truncation=True, max_length=longest, padding=True, return_tensors="pt"
        ).to(DEVICE)

    def batches(self, order, size):
        for at in range(0, len(order), size):
            picked = order[at : at + size]
            yield self.encode([self.texts[i] for i in picked]), self.labels[picked].to(DEVICE)


def validate(model, texts, size):
    model.eval()
    loss, right = 0.0, 0
    with torch.no_grad():
        for tokens, labels in texts.batches(list(range(len(texts.texts))), size):
            logits = model(**tokens).logits.float()
            loss += torch.nn.functional.cross_entropy(logits, labels, reduction="sum").item()
            right += (logits.argmax(-1) == labels).sum().item()
    count = max(1, len(texts.texts))
    return {"loss": loss / count, "score": right / count}


def newest_checkpoint(folder):
    found = sorted(folder.glob("epoch-*"))
    return torch.load(found[-1] / STATE_FILE, weights_only=False) if found else None


def train(folder):
    spec = json.loads((folder / "spec.json").read_text())
    model_spec, paths = spec["model"], spec["paths"]
    settings = {**DEFAULTS, **spec["settings"]}
    base = settings.get("base") or spec["base"].get("from")
    texts_of = [name for name, feature in model_spec["input"].items() if feature["kind"] == "text"]
    if base is None:
        fail("no base is named", "Write settings: { base: './base' } into the trainer, or base into the model.")
    if model_spec["task"]["kind"] != "classification" or len(texts_of) != 1:
        fail("this trainer tells texts apart", "Declare a classification with one text among its features.")

    torch.manual_seed(spec["seed"])
    labels = model_spec["task"]["labels"]
    tokenizer, model = open_base(base, labels)
    champion = paths["champion"] and folder / paths["champion"]
    if champion and (champion / "adapter_config.json").exists():
        model = PeftModel.from_pretrained(model, champion, is_trainable=True)
    else:
        lora = LoraConfig(
            task_type="SEQ_CLS", r=settings["rank"], lora_alpha=settings["alpha"], target_modules=settings["targets"]
        )
        model = get_peft_model(model, lora)
    model.to(DEVICE)

    def read(name):
        return Texts(folder / paths[name], texts_of[0], labels, tokenizer, settings["longest"])

    rows, held_out = read("train"), read("validation")
    size, epochs = settings["batchSize"], settings["epochs"]
    steps_per_epoch = -(-len(rows.texts) // size)
    steps = epochs * steps_per_epoch
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=settings["learningRate"])
    schedule = get_cosine_schedule_with_warmup(optimizer, steps // 10, steps)

    step, first_epoch, best = 0, 1, None
    resumed = newest_checkpoint(folder / paths["checkpoints"])
    if resumed:
        set_peft_model_state_dict(model, resumed["adapter"])
        optimizer.load_state_dict(resumed["optimizer"])
        schedule.load_state_dict(resumed["schedule"])
        torch.set_rng_state(resumed["chance"])
        step, first_epoch, best = resumed["step"], resumed["epoch"] + 1, resumed["best"]

    def progress(epoch, loss, speed=None):
        say(
            "progress",
            step=step,
            steps=steps,
            epoch=epoch,
            trainLoss=loss,
            validationLoss=best and best["validation"]["loss"],
            learningRate=schedule.get_last_lr()[0],
            examplesPerSecond=speed,
            memoryMb=memory_mb(),
            backend=f"pytorch-{DEVICE}",
            resumedAtStep=resumed and resumed["step"],
        )

    progress(first_epoch, None)
    said_at = time.monotonic()
    for epoch in range(first_epoch, epochs + 1):
        model.train()
        order = torch.randperm(len(rows.texts), generator=torch.Generator().manual_seed(spec["seed"] + epoch))
        total, seen = 0.0, 0
        for tokens, truth in rows.batches(order.tolist(), size):
            optimizer.zero_grad(set_to_none=True)
            loss = model(**tokens, labels=truth).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            step, total, seen = step + 1, total + loss.item() * len(truth), seen + len(truth)
            if time.monotonic() - said_at > 1:
                progress(epoch, total / seen, size / max(1e-9, time.monotonic() - said_at))
                said_at = time.monotonic()
        validation = validate(model, held_out, size)
        say("epoch", epoch=epoch, step=step, trainLoss=total / seen, validation=validation)
        adapter = {name: value.cpu().clone() for name, value in get_peft_model_state_dict(model).items()}
        if best is None or validation["loss"] < best["validation"]["loss"]:
            best = {"epoch": epoch, "validation": validation, "adapter": adapter}
        # A folder of its own for each: the one before stays whole until this one is told of.
        kept = folder / paths["checkpoints"] / f"epoch-{epoch:04d}"
        kept.mkdir()
        state = {"step": step, "epoch": epoch, "best": best, "adapter": adapter, "chance": torch.get_rng_state()}
        state |= {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
        torch.save(state, kept / STATE_FILE)
        say("checkpoint", folder=kept.name, step=step)
        progress(epoch, total / seen)

    set_peft_model_state_dict(model, best["adapter"])
    artifact = folder / paths["artifact"]
    model.save_pretrained(artifact)
    told = {"base": base, "labels": labels, "feature": texts_of[0], "longest": settings["longest"]}
    (artifact / TRAINER_FILE).write_text(json.dumps(told))
    say(
        "done",
        steps=step,
        epochs=epochs,
        bestEpoch=best["epoch"],
        validationLoss=best["validation"]["loss"],
        trainableParameters=sum(p.numel() for p in trained),
        totalParameters=sum(p.numel() for p in model.parameters()),
        peakMemoryMb=memory_mb(),
    )


def predict(folder):
    told = json.loads((folder / TRAINER_FILE).read_text())
    labels = told["labels"]
    tokenizer, model = open_base(told["base"], labels)
    model = PeftModel.from_pretrained(model, folder).to(DEVICE).eval()
    for line in sys.stdin:
        texts = [row.get(told["feature"]) or "" for row in json.loads(line)["rows"]]
        tokens = tokenizer(
            texts, truncation=True, max_length=told["longest"], padding=True, return_tensors="pt"
        ).to(DEVICE)
        with torch.no_grad():
            shares = model(**tokens).logits.double().softmax(-1).tolist()
        outputs = [{"scores": dict(zip(labels, row))} for row in shares]
        print(json.dumps({"outputs": outputs}), flush=True)


if __name__ == "__main__":
    verb, folder = sys.argv[1], Path(sys.argv[2])
    {"train": train, "predict": predict}[verb](folder)
