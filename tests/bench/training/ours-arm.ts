/**
 * One process of Driftloop's that trains: a line `{"case", "steps"}` on stdin is answered with `{"ms", "cpuMs"}`, the
 * time of a step over so many, waiting for its values at the end included. The steps are those that a training takes.
 */
import process from 'node:process';
import { createInterface } from 'node:readline';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import type { Tf } from '../../../training/backend.ts';
import { holdWhole, holdWithAdapter } from '../../../training/fine-tuning/held-network.ts';
import type { HeldNetwork } from '../../../training/fine-tuning/held-network.ts';
import { tuneStep } from '../../../training/fine-tuning/tune-step.ts';
import { crossEntropy } from '../../../training/losses/cross-entropy.ts';
import type { ModelConfig } from '../../../training/models/config.ts';
import type { Chance } from '../../../training/models/dropout.ts';
import { classLogits, nextTokenLogits } from '../../../training/models/heads.ts';
import { imageClassLogits } from '../../../training/models/image-network.ts';
import { textStates } from '../../../training/models/network.ts';
import { takeRows } from '../../../training/models/rows.ts';
import { seededChance } from '../../../training/models/seeded-chance.ts';
import { startNetwork } from '../../../training/models/start-network.ts';
import type { Weights } from '../../../training/models/weights.ts';
import { adamw } from '../../../training/optimization/adamw.ts';
import { createOptimizer } from '../../../training/optimization/optimizer.ts';
import { parametersOf } from '../../../training/optimization/parameter-groups.ts';
import { random } from '../../../training/random.ts';
import { initialWeights } from '../../../training/tabular/network.ts';
import { tensorflowLearner } from '../../../training/tabular/tensorflow-learner.ts';
import { nextTokens } from '../../../training/text/next-tokens.ts';
import type { TokenBatch } from '../../../training/text/token-batch.ts';
import cases from './cases.json' with { type: 'json' };

/** Takes a step; resolves when its values are there. */
type Learning = { step(): void; settle(): Promise<void> };

const chance = random(1);
const whole = (below: number) => Math.floor(chance.uniform() * below);
const floats = (length: number) => Float32Array.from({ length }, () => 2 * chance.uniform() - 1);
const wholes = (length: number, below: number) => Int32Array.from({ length }, () => whole(below));

function mlp(tf: Tf): Learning {
  const { inputs, hidden, outputs, batch, rate } = cases.mlp;
  const shape = { inputs, hidden, outputs };
  const learner = tensorflowLearner(tf, shape, initialWeights(shape, random(1)));
  const [x, y] = [floats(batch * inputs), wholes(batch, outputs)];
  return {
    step: () => learner.step(x, y, rate, null),
    settle: async () => void learner.weights(),
  };
}

/** A training of part of a network: the step of `fitNetwork`. */
function tuning(
  tf: Tf,
  held: HeldNetwork,
  settings: { rate: number; decay: number; norm: number; batch: number },
  lossOf: (weights: Weights, chance: Chance) => ReturnType<typeof crossEntropy>,
): Learning {
  const parameters = parametersOf(held.trained);
  const optimizer = createOptimizer(tf, adamw({ weightDecay: settings.decay }), parameters);
  const variables = parameters.map(({ variable }) => variable);
  let steps = 0;
  return {
    step() {
      steps += 1;
      const chance = seededChance(tf, 1, steps);
      const { loss } = tuneStep(tf, {
        variables,
        optimizer,
        partsOf: () => [{ weight: 1, loss: () => lossOf(held.weights(chance), chance) }],
        penalty: undefined,
        rate: settings.rate,
        maxNorm: settings.norm,
        atMost: settings.batch,
      });
      loss.dispose();
    },
    settle: async () => void (await variables[0]!.data()),
  };
}

function cnn(tf: Tf): Learning {
  const { side, channels, widths, classes, batch, ...settings } = cases.cnn;
  const json = {
    model_type: 'driftloop-convnet',
    image_width: side,
    image_height: side,
    num_channels: channels,
    widths,
    classifier_dropout: 0,
  };
  const network = startNetwork(tf, json, { kind: 'classes', classes }, 1);
  const config = network.config as Extract<ModelConfig, { kind: 'convnet' }>;
  const [pixels, y] = [floats(batch * side * side * channels), wholes(batch, classes)];
  return tuning(
    tf,
    holdWhole(tf, network, () => true),
    { ...settings, batch },
    (weights, drawn) =>
      crossEntropy(
        tf,
        imageClassLogits(tf, config, weights, { batch, pixels }, drawn),
        tf.tensor1d(y, 'int32'),
      ),
  );
}

const tokensOf = (batch: number, length: number, vocabulary: number): TokenBatch => ({
  batch,
  length,
  ids: wholes(batch * length, vocabulary),
  mask: new Int32Array(batch * length).fill(1),
  types: new Int32Array(batch * length),
});

function encoder(tf: Tf): Learning {
  const c = cases.encoder;
  const json = {
    model_type: 'bert',
    vocab_size: c.vocabulary,
    hidden_size: c.hidden,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    intermediate_size: c.inner,
    max_position_embeddings: c.positions,
    type_vocab_size: 2,
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
    hidden_act: 'gelu',
  };
  const network = startNetwork(tf, json, { kind: 'classes', classes: c.classes }, 1);
  const config = network.config as Extract<ModelConfig, { kind: 'bert' }>;
  const [tokens, y] = [tokensOf(c.batch, c.length, c.vocabulary), wholes(c.batch, c.classes)];
  return tuning(
    tf,
    holdWhole(tf, network, () => true),
    c,
    (weights, drawn) => {
      const last = textStates(tf, config, weights, tokens, drawn).at(-1)!;
      const logits = classLogits(tf, config, weights, last, tokens, drawn);
      return crossEntropy(tf, logits, tf.tensor1d(y, 'int32'));
    },
  );
}

function lora(tf: Tf): Learning {
  const c = cases.lora;
  const json = {
    model_type: 'llama',
    vocab_size: c.vocabulary,
    hidden_size: c.hidden,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    num_key_value_heads: c.kvHeads,
    intermediate_size: c.inner,
    max_position_embeddings: 512,
    rms_norm_eps: 1e-5,
    hidden_act: 'silu',
    tie_word_embeddings: true,
  };
  const head = { kind: 'next-token' } as const;
  const network = startNetwork(tf, json, head, 1);
  const config = network.config as Extract<ModelConfig, { kind: 'llama' }>;
  const tokens = tokensOf(c.batch, c.length, c.vocabulary);
  const next = nextTokens({ ...tokens, labels: tokens.ids });
  const { rank, alpha } = c;
  const adapter = {
    rank,
    alpha,
    rankStabilised: false,
    dropout: 0,
    targets: 'all-linear',
    keptWhole: [],
  } as const;
  return tuning(tf, holdWithAdapter(tf, network, head, { lora: adapter, seed: 1 }), c, (weights, drawn) => {
    const last = textStates(tf, config, weights, tokens, drawn).at(-1)!;
    const logits = nextTokenLogits(config, weights, takeRows(tf, last, next.positions));
    return crossEntropy(tf, logits, tf.tensor1d(next.tokens, 'int32'));
  });
}

const begin = { mlp, cnn, encoder, lora };

const { tf, name } = await loadBackend();
const begun = new Map<string, Learning>();
process.stdout.write(`${JSON.stringify({ ready: name })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const { case: which, steps } = JSON.parse(line) as { case: keyof typeof begin; steps: number };
  const learning = begun.get(which) ?? begin[which](tf);
  begun.set(which, learning);
  await learning.settle();
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  for (let step = 0; step < steps; step += 1) learning.step();
  await learning.settle();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const spent = { ms: ms / steps, cpuMs: (user + system) / 1000 / steps };
  process.stdout.write(`${JSON.stringify(spent)}\n`);
}
