import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../../../../training/backend.ts';
import type { DecoderConfig } from '../../../../training/models/config.ts';
import { nextTokenLogits } from '../../../../training/models/heads.ts';
import { textStates } from '../../../../training/models/network.ts';
import { takeRows } from '../../../../training/models/rows.ts';
import { lastTokens } from '../../../../training/text/token-batch.ts';
import { familyOf, KNOWN_KEYS } from '../decoder-vectors.ts';
import type { DecoderExpected, Matrix } from '../decoder-vectors.ts';
import { tokenRows } from '../token-rows.ts';
import { expectKnownKeys, expectNumbers, flat, STATES } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';
import { tidyNetwork } from '../with-network.ts';

/** Hidden states and scores of the next token, with padding on either side, of weights in 32 or 16 bits. */
export const decoderStates: VectorKind = {
  covers: (file, model) =>
    familyOf(model) !== null &&
    (/^(config|expected)\.json$|^model(\.\w+)?\.safetensors$/.test(file) || file.startsWith('sharded/')),
  cases: (model) =>
    familyOf(model) === null
      ? []
      : [
          { title: 'hidden states and logits', run: (tf) => statesAgree(tf, model) },
          { title: 'logits of texts that are padded on the left', run: (tf) => leftPaddedAgree(tf, model) },
          ...halvesOf(model).map(({ folder, variant, logits }) => ({
            title: `logits of weights in ${folder ?? '.'}, ${variant ?? 'shards'}`,
            run: (tf: Tf) => halfAgrees(tf, model, { folder, variant, logits }),
          })),
        ],
};

const nextToken = { kind: 'next-token' } as const;
const read = (model: VectorModel) => model.json('expected.json') as DecoderExpected;

async function statesAgree(tf: Tf, model: VectorModel): Promise<void> {
  const expected = read(model);
  expectKnownKeys(expected, KNOWN_KEYS, 'expected.json');
  expectKnownKeys(expected.debug_seq0, ['hidden_states_per_layer', 'note'], 'debug_seq0');
  const tokens = tokenRows(expected.input_ids, expected.attention_mask);
  await tidyNetwork<DecoderConfig>(tf, model.folder, nextToken, ({ config, weights }) => {
    const states = textStates(tf, config, weights, tokens);
    const last = states.at(-1)!;
    const ofToken = (width: number) => (index: number) => tokens.mask[Math.floor(index / width)] === 1;
    const { hidden, vocabulary } = config;
    expectNumbers(last.dataSync(), flat(expected.last_hidden_state), STATES, 'last state', ofToken(hidden));
    const logits = nextTokenLogits(config, weights, last).dataSync();
    expectNumbers(logits, flat(expected.logits), STATES, 'logits', ofToken(vocabulary));
    for (const [layer, state] of expected.debug_seq0.hidden_states_per_layer.entries()) {
      const ofFirst = states[layer]!.slice([0, 0], [tokens.length, hidden]).dataSync();
      expectNumbers(ofFirst, flat(state), STATES, `hidden state ${layer}`, ofToken(hidden));
    }
  });
}

async function leftPaddedAgree(tf: Tf, model: VectorModel): Promise<void> {
  const { left_padded: expected } = read(model);
  const known = ['input_ids', 'attention_mask', 'position_ids', 'logits_last_position'];
  expectKnownKeys(expected, known, 'left_padded');
  const tokens = tokenRows(expected.input_ids, expected.attention_mask);
  await tidyNetwork<DecoderConfig>(tf, model.folder, nextToken, ({ config, weights }) => {
    const last = textStates(tf, config, weights, tokens).at(-1)!;
    const logits = nextTokenLogits(config, weights, rowsAt(tf, last, lastTokens(tokens)));
    expectNumbers(logits.dataSync(), flat(expected.logits_last_position), STATES, 'logits');
  });
}

type Half = { folder: string | undefined; variant: string | undefined; logits: Matrix };

/** Weights in 16 bits: in a file of their own and, where the folder has them so, in shards. */
function halvesOf(model: VectorModel): Half[] {
  const { bf16, f16 } = read(model);
  return [bf16, f16].flatMap((half) => {
    if (!half) return [];
    expectKnownKeys(half, ['file', 'note', 'logits_last_position'], 'the 16-bit case');
    const logits = half.logits_last_position;
    const variant = /^model\.(\w+)\.safetensors$/.exec(half.file)![1]!;
    const whole: Half = { folder: undefined, variant, logits };
    const hasShards = model.files.some((file) => file.startsWith('sharded/'));
    return hasShards ? [whole, { folder: 'sharded', variant: undefined, logits }] : [whole];
  });
}

async function halfAgrees(tf: Tf, model: VectorModel, { folder, variant, logits }: Half): Promise<void> {
  const expected = read(model);
  const tokens = tokenRows(expected.input_ids, expected.attention_mask);
  const from = {
    ...(variant ? { variant } : {}),
    ...(folder ? { weights: `${model.folder}/${folder}` } : {}),
  };
  await tidyNetwork<DecoderConfig>(
    tf,
    model.folder,
    nextToken,
    ({ config, weights }) => {
      const last = textStates(tf, config, weights, tokens).at(-1)!;
      const scores = nextTokenLogits(config, weights, rowsAt(tf, last, lastTokens(tokens)));
      expectNumbers(scores.dataSync(), flat(logits), STATES, 'logits');
    },
    from,
  );
}

const rowsAt = (tf: Tf, states: Tensor2D, indices: Int32Array): Tensor2D => takeRows(tf, states, indices);
