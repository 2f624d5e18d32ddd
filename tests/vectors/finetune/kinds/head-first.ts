import { expect } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import type { ModelConfig } from '../../../../training/models/config.ts';
import { trainOnly } from '../../../../training/models/parameters.ts';
import { adamw } from '../../../../training/optimization/adamw.ts';
import { parametersOf } from '../../../../training/optimization/parameter-groups.ts';
import { constantRate, expectRun, RUN_KEYS } from '../recorded-run.ts';
import type { RecordedRun } from '../recorded-run.ts';
import { trainingTask } from '../training-task.ts';
import { expectKnownKeys } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';
import { withNetwork } from '../with-network.ts';

type Phase = RecordedRun & { lr: number; n_trainable: number };

const FILE = 'lpft.json';
/** What the recorded phases were clipped to and decayed by, as all other runs of the vectors. */
const MAX_NORM = 1;
const WEIGHT_DECAY = 0.01;

/** LP-FT: the head alone, then everything, from where the head got to. Kumar et al. (2022). */
export const headFirst: VectorKind = {
  covers: (file) => file === FILE,
  cases: (model) =>
    model.files.includes(FILE)
      ? [{ title: 'the head first, then everything', run: (tf) => phasesAgree(tf, model) }]
      : [],
};

async function phasesAgree(tf: Tf, model: VectorModel): Promise<void> {
  const phases = model.json(FILE) as Record<'head_only' | 'then_full', Phase>;
  expectKnownKeys(phases, ['head_only', 'then_full', 'note'], FILE);
  const task = trainingTask(model);
  await withNetwork<ModelConfig>(tf, model.folder, task.head, ({ config, weights, parameters }) => {
    const train = (phase: Phase, isTrained: (name: string) => boolean) => {
      expectKnownKeys(phase, [...RUN_KEYS, 'lr', 'n_trainable'], 'a phase');
      trainOnly(parameters, isTrained);
      const trained = parametersOf(parameters, { decay: 'all', isFrozen: (name) => !isTrained(name) });
      const count = trained.reduce((sum, { variable }) => sum + variable.size, 0);
      expect(count).toBe(phase.n_trainable);
      expectRun(
        tf,
        {
          parameters: trained,
          rule: adamw({ weightDecay: WEIGHT_DECAY }),
          rates: constantRate(phase.lr),
          maxNorm: MAX_NORM,
          loss: () => task.loss(tf, config, weights),
        },
        phase,
      );
    };
    train(phases.head_only, (name) => name.startsWith('classifier.'));
    train(phases.then_full, () => true);
  });
}
