import { beforeAll, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { needsShared } from '../../../support/shared-data.ts';
import { tensorflows } from '../../../support/tensorflows.ts';
import type { CaseReader } from './case.ts';
import { accumulationCases } from './accumulation-cases.ts';
import { dpoCases } from './dpo-cases.ts';
import { earlyStoppingCases } from './early-stopping-cases.ts';
import { lossesCases } from './losses-cases.ts';
import { regulariserCases } from './regulariser-cases.ts';
import { ropeCases } from './rope-cases.ts';
import { scheduleCases } from './schedule-cases.ts';
import { temperatureCases } from './temperature-cases.ts';
import { lossesFolder, lossFiles, readLosses } from './vector-files.ts';

/** Who runs which file of the folder. */
const readers: Readonly<Record<string, CaseReader>> = {
  'dpo.json': dpoCases,
  'early_stopping.json': earlyStoppingCases,
  'gradient_accumulation.json': accumulationCases,
  'losses.json': lossesCases,
  'regularisers.json': regulariserCases,
  'rope.json': ropeCases,
  'schedules.json': scheduleCases,
  'temperature.json': temperatureCases,
};

const cases = lossFiles().flatMap((file) =>
  (readers[file]?.(readLosses(file)) ?? []).map((known) => ({ ...known, file })),
);

describe.skipIf(needsShared(lossesFolder).skip).each(await tensorflows())(
  'as PyTorch, on $name',
  ({ select }) => {
    let tf: Tf;
    beforeAll(async () => {
      tf = await select();
    });

    test('every file of the folder has cases', () => {
      expect(lossFiles().length).toBeGreaterThan(0);
      for (const file of lossFiles())
        expect(
          cases.filter((c) => c.file === file),
          file,
        ).not.toEqual([]);
    });

    test.each(cases)('$file: $name', async ({ run }) => {
      tf.engine().startScope();
      try {
        await run(tf);
      } finally {
        tf.engine().endScope();
      }
    });
  },
);
