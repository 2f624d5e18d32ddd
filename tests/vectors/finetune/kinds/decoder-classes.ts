import type { Tf } from '../../../../training/backend.ts';
import type { DecoderConfig } from '../../../../training/models/config.ts';
import { classLogits } from '../../../../training/models/heads.ts';
import { textStates } from '../../../../training/models/network.ts';
import { familyOf } from '../decoder-vectors.ts';
import type { DecoderExpected } from '../decoder-vectors.ts';
import { tokenRows } from '../token-rows.ts';
import { expectKnownKeys, expectNumbers, flat, STATES } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';
import { tidyNetwork } from '../with-network.ts';

/** A decoder with a head for classes, which reads the last token of a text. */
export const decoderClasses: VectorKind = {
  covers: (file, model) => familyOf(model) !== null && file === headOf(model),
  cases: (model) =>
    familyOf(model) === null
      ? []
      : [{ title: 'classes of texts, padded on either side', run: (tf) => classesAgree(tf, model) }],
};

const classesIn = (model: VectorModel) =>
  (model.json('expected.json') as DecoderExpected).sequence_classification;
const headOf = (model: VectorModel) => classesIn(model).head;

async function classesAgree(tf: Tf, model: VectorModel): Promise<void> {
  const expected = model.json('expected.json') as DecoderExpected;
  const classes = classesIn(model);
  expectKnownKeys(classes, ['head', 'rule', 'logits_right_padded', 'logits_left_padded'], 'classes');
  const head = model.tensors(classes.head).get('score.weight')!;
  const left = expected.left_padded;
  const sides = [
    ['right', tokenRows(expected.input_ids, expected.attention_mask), classes.logits_right_padded],
    ['left', tokenRows(left.input_ids, left.attention_mask), classes.logits_left_padded],
  ] as const;
  const wanted = { kind: 'classes', classes: head.shape[0]! } as const;
  await tidyNetwork<DecoderConfig>(tf, model.folder, wanted, ({ config, weights, parameters, fresh }) => {
    expectNumbers([fresh.length], [1], {}, 'parameters that the base has not got');
    parameters.get('score.weight')!.assign(tf.tensor(head.values, [...head.shape]));
    for (const [side, tokens, logits] of sides) {
      const last = textStates(tf, config, weights, tokens).at(-1)!;
      const scores = classLogits(tf, config, weights, last, tokens);
      expectNumbers(scores.dataSync(), flat(logits), STATES, `padded on the ${side}`);
    }
  });
}
