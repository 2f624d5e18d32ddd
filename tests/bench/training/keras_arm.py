"""The same trainings in Keras on TensorFlow, each step one call of a graph (tf.function)."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import tensorflow as tf
from arm import floats, serve, wholes
from keras import layers, ops

NORMAL = keras.initializers.RandomNormal(stddev=0.02)


def training(c, model, inputs, labels, clips=True):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if clips:
        optimizer = keras.optimizers.AdamW(c["rate"], weight_decay=c["decay"], global_clipnorm=c["norm"])
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta", "scale"])
    else:
        optimizer = keras.optimizers.Adam(c["rate"])
    optimizer.build(model.trainable_variables)

    @tf.function
    def train(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    def step():
        # As a training does: each batch comes from the host.
        train(tf.convert_to_tensor(inputs), tf.convert_to_tensor(labels))

    return step, lambda: model.trainable_variables[0].numpy()


def mlp(c):
    model = keras.Sequential(
        [keras.Input((c["inputs"],))]
        + [layers.Dense(units, activation="relu") for units in c["hidden"]]
        + [layers.Dense(c["outputs"])]
    )
    return training(c, model, floats(c["batch"], c["inputs"]), wholes(c["outputs"], c["batch"]), clips=False)


def cnn(c):
    x = inputs = keras.Input((c["side"], c["side"], c["channels"]))
    for stage, width in enumerate(c["widths"]):
        x = layers.Conv2D(width, 3, strides=1 if stage == 0 else 2, padding="same", use_bias=False)(x)
        inner = layers.ReLU()(layers.LayerNormalization(epsilon=1e-5)(x))
        x = x + layers.Conv2D(width, 3, padding="same", use_bias=False)(inner)
    x = layers.ReLU()(layers.LayerNormalization(epsilon=1e-5)(x))
    model = keras.Model(inputs, layers.Dense(c["classes"])(layers.GlobalAveragePooling2D()(x)))
    images = floats(c["batch"], c["side"], c["side"], c["channels"])
    return training(c, model, images, wholes(c["classes"], c["batch"]))


def encoder(c):
    hidden, heads = c["hidden"], c["heads"]
    dense = lambda units, **rest: layers.Dense(units, kernel_initializer=NORMAL, **rest)
    norm = lambda x: layers.LayerNormalization(epsilon=1e-12)(x)
    inputs = keras.Input((c["length"],), dtype="int32")
    positions = ops.expand_dims(ops.arange(c["length"]), 0)
    x = layers.Embedding(c["vocabulary"], hidden)(inputs)
    x = x + layers.Embedding(c["positions"], hidden)(positions)
    x = norm(x + layers.Embedding(2, hidden)(ops.zeros_like(inputs)))
    for _ in range(c["layers"]):
        seen = layers.MultiHeadAttention(heads, hidden // heads, kernel_initializer=NORMAL)(x, x)
        x = norm(x + seen)
        inner = dense(c["inner"], activation=lambda v: ops.gelu(v, approximate=False))(x)
        x = norm(x + dense(hidden)(inner))
    pooled = dense(hidden, activation="tanh")(x[:, 0])
    model = keras.Model(inputs, dense(c["classes"])(pooled))
    tokens = wholes(c["vocabulary"], c["batch"], c["length"])
    return training(c, model, tokens, wholes(c["classes"], c["batch"]))


class Turned(layers.Layer):
    """Grouped-query attention with rotary positions, on projections that are given."""

    def __init__(self, c):
        super().__init__()
        self.heads, self.kv, self.size = c["heads"], c["kvHeads"], c["hidden"] // c["heads"]
        rates = 1.0 / 10000 ** (tf.range(0, self.size, 2, dtype=tf.float32) / self.size)
        angles = tf.range(c["length"], dtype=tf.float32)[:, None] * rates[None, :]
        angles = tf.concat([angles, angles], -1)[None, :, None, :]
        self.cos, self.sin = tf.cos(angles), tf.sin(angles)

    def turn(self, x):
        first, second = ops.split(x, 2, axis=-1)
        return x * self.cos + ops.concatenate([-second, first], axis=-1) * self.sin

    def call(self, q, k, v):
        length = q.shape[1]
        q = self.turn(ops.reshape(q, (-1, length, self.heads, self.size)))
        k = self.turn(ops.reshape(k, (-1, length, self.kv, self.size)))
        v = ops.reshape(v, (-1, length, self.kv, self.size))
        k, v = (ops.repeat(one, self.heads // self.kv, axis=2) for one in (k, v))
        mixed = ops.dot_product_attention(q, k, v, is_causal=True)
        return ops.reshape(mixed, (-1, length, self.heads * self.size))


def lora(c):
    hidden = c["hidden"]
    adapted = []

    def dense(units, x):
        layer = layers.Dense(units, use_bias=False, kernel_initializer=NORMAL)
        adapted.append(layer)
        return layer(x)

    norm = lambda x: layers.RMSNormalization(epsilon=1e-5)(x)
    inputs = keras.Input((c["length"],), dtype="int32")
    table = layers.Embedding(c["vocabulary"], hidden)
    x = table(inputs)
    for _ in range(c["layers"]):
        y = norm(x)
        kv = hidden * c["kvHeads"] // c["heads"]
        x = x + dense(hidden, Turned(c)(dense(hidden, y), dense(kv, y), dense(kv, y)))
        y = norm(x)
        x = x + dense(hidden, ops.silu(dense(c["inner"], y)) * dense(c["inner"], y))
    states = norm(x)[:, :-1]
    model = keras.Model(inputs, ops.matmul(states, ops.transpose(table.embeddings)))
    for layer in model.layers:
        layer.trainable = False
    for layer in adapted:
        layer.trainable = True
        layer.enable_lora(c["rank"], lora_alpha=c["alpha"])
    tokens = wholes(c["vocabulary"], c["batch"], c["length"])
    return training(c, model, tokens, tokens[:, 1:])


serve("keras", {"mlp": mlp, "cnn": cnn, "encoder": encoder, "lora": lora})
