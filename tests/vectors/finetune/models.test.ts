import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import type { Tf } from '../../../training/backend.ts';
import { lookUpTables } from '../../../training/quantisation/look-up-tables.ts';
import { needsShared } from '../../support/shared-data.ts';
import { decoderClasses } from './kinds/decoder-classes.ts';
import { decoderLoss } from './kinds/decoder-loss.ts';
import { decoderStates } from './kinds/decoder-states.ts';
import { encoderStates } from './kinds/encoder-states.ts';
import { fullTraining } from './kinds/full-training.ts';
import { headFirst } from './kinds/head-first.ts';
import { imageStates } from './kinds/image-states.ts';
import { loraStart } from './kinds/lora-start.ts';
import { loraTraining } from './kinds/lora-training.ts';
import { preferences } from './kinds/preferences.ts';
import { quantisedBase } from './kinds/quantised-base.ts';
import { tokens } from './kinds/tokens.ts';
import { writing } from './kinds/writing.ts';
import { otherFolders, vectorModels } from './vector-model.ts';
import type { VectorKind } from './vector-model.ts';

/** Everything that a file of a model folder can be about. */
const kinds: VectorKind[] = [
  encoderStates,
  decoderStates,
  decoderClasses,
  imageStates,
  loraStart,
  loraTraining,
  fullTraining,
  headFirst,
  preferences,
  tokens,
  decoderLoss,
  writing,
  quantisedBase,
];

/** Folders without a model; `losses` and `nf4` have tests of their own. */
const FOLDERS_ELSEWHERE = ['losses', 'nf4'];

let tf: Tf;
beforeAll(async () => {
  const backend = await loadBackend();
  tf = backend.tf;
  // Whatever another file of tests has chosen.
  await tf.setBackend(backend.name === 'javascript' ? 'cpu' : 'tensorflow');
  // Made once and kept: no case leaves them behind.
  lookUpTables(tf);
});

describe.skipIf(needsShared('vectors/finetune').skip)(
  'models, as torch, transformers and peft compute them',
  () => {
    test('there are models, and no folder that nobody runs', () => {
      expect(vectorModels().length).toBeGreaterThan(0);
      expect(otherFolders().filter((name) => !FOLDERS_ELSEWHERE.includes(name))).toEqual([]);
    });

    describe.each(vectorModels().map((model) => [model.name, model] as const))('%s', (_, model) => {
      test('has no file that nobody runs', () => {
        const strange = model.files.filter((file) => !kinds.some((kind) => kind.covers(file, model)));
        expect(strange).toEqual([]);
      });

      for (const { title, run } of kinds.flatMap((kind) => kind.cases(model)))
        test(title, async () => {
          const before = tf.memory().numTensors;
          await run(tf);
          expect(tf.memory().numTensors, 'tensors that were left behind').toBe(before);
        });
    });
  },
);
