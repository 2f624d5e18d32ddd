"""The same trainings in PyTorch, with transformers' and PEFT's own networks."""

import os

import torch
from arm import floats, serve, wholes
from peft import LoraConfig, get_peft_model
from torch import nn
from torch.nn import functional as F
from transformers import BertConfig, BertForSequenceClassification, LlamaConfig, LlamaForCausalLM

torch.set_num_threads(len(os.sched_getaffinity(0)))


def training(c, module, loss_of, clips=True):
    trained = [p for p in module.parameters() if p.requires_grad]
    if clips:
        matrices, others = [p for p in trained if p.dim() > 1], [p for p in trained if p.dim() <= 1]
        groups = [{"params": matrices, "weight_decay": c["decay"]}, {"params": others, "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, lr=c["rate"])
    else:
        optimizer = torch.optim.Adam(trained, lr=c["rate"])
    module.train()

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss_of().backward()
        if clips:
            nn.utils.clip_grad_norm_(trained, c["norm"])
        optimizer.step()

    return step, lambda: None


def mlp(c):
    sizes = [c["inputs"], *c["hidden"]]
    layers = [part for i, o in zip(sizes, sizes[1:]) for part in (nn.Linear(i, o), nn.ReLU())]
    module = nn.Sequential(*layers, nn.Linear(sizes[-1], c["outputs"]))
    x, y = floats(c["batch"], c["inputs"]), wholes(c["outputs"], c["batch"])
    return training(
        c, module, lambda: F.cross_entropy(module(torch.from_numpy(x)), torch.from_numpy(y).long()), clips=False
    )


class Norm(nn.Module):
    """Over the features of each place."""

    def __init__(self, features):
        super().__init__()
        self.norm = nn.LayerNorm(features)

    def forward(self, x):
        return F.relu(self.norm(x.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)


class Convnet(nn.Module):
    def __init__(self, c):
        super().__init__()
        sizes = [c["channels"], *c["widths"]]
        self.entries = nn.ModuleList(
            nn.Conv2d(i, o, 3, stride=1 if at == 0 else 2, padding=1, bias=False)
            for at, (i, o) in enumerate(zip(sizes, sizes[1:]))
        )
        self.norms = nn.ModuleList(Norm(o) for o in c["widths"])
        self.inners = nn.ModuleList(nn.Conv2d(o, o, 3, padding=1, bias=False) for o in c["widths"])
        self.last = Norm(sizes[-1])
        self.head = nn.Linear(sizes[-1], c["classes"])

    def forward(self, x):
        for entry, norm, inner in zip(self.entries, self.norms, self.inners):
            x = entry(x)
            x = x + inner(norm(x))
        return self.head(self.last(x).mean((2, 3)))


def cnn(c):
    module = Convnet(c).to(memory_format=torch.channels_last)
    x = floats(c["batch"], c["side"], c["side"], c["channels"])
    y = wholes(c["classes"], c["batch"])

    def loss():
        images = torch.from_numpy(x).permute(0, 3, 1, 2)
        return F.cross_entropy(module(images), torch.from_numpy(y).long())

    return training(c, module, loss)


def encoder(c):
    module = BertForSequenceClassification(
        BertConfig(
            vocab_size=c["vocabulary"],
            hidden_size=c["hidden"],
            num_hidden_layers=c["layers"],
            num_attention_heads=c["heads"],
            intermediate_size=c["inner"],
            max_position_embeddings=c["positions"],
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            num_labels=c["classes"],
        )
    )
    ids, y = wholes(c["vocabulary"], c["batch"], c["length"]), wholes(c["classes"], c["batch"])

    def loss():
        return module(input_ids=torch.from_numpy(ids).long(), labels=torch.from_numpy(y).long()).loss

    return training(c, module, loss)


def lora(c):
    base = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=c["vocabulary"],
            hidden_size=c["hidden"],
            num_hidden_layers=c["layers"],
            num_attention_heads=c["heads"],
            num_key_value_heads=c["kvHeads"],
            intermediate_size=c["inner"],
            max_position_embeddings=512,
            tie_word_embeddings=True,
            use_cache=False,
        )
    )
    settings = LoraConfig(r=c["rank"], lora_alpha=c["alpha"], target_modules="all-linear", task_type="CAUSAL_LM")
    module = get_peft_model(base, settings)
    ids = wholes(c["vocabulary"], c["batch"], c["length"])

    def loss():
        tokens = torch.from_numpy(ids).long()
        return module(input_ids=tokens, labels=tokens).loss

    return training(c, module, loss)


serve("torch", {"mlp": mlp, "cnn": cnn, "encoder": encoder, "lora": lora})
