import { expect, test } from 'vitest';
import { reportLook } from '../../../activities/report-look.ts';
import { scoredSet, type Scored } from '../../../activities/scored-rows.ts';
import { gateSchema } from '../../../domain/gate-config.ts';
import { generation } from '../../../domain/task.ts';
import { judgeGate } from '../../../training/gate/judge-gate.ts';
import { reportPair } from '../../../training/gate/report-pair.ts';
import { noGolden } from '../../../training/gate/golden-checks.ts';

const ROWS = 60;
const CUT = 20;
const task = generation();
/** How often an answer was read: right or wrong, and how alike, cannot be asked without. */
let reads = 0;
const read = (text: string) => ({
  get text() {
    reads += 1;
    return text;
  },
});
/** The challenger writes what should stand there but for a letter, the champion only of every third row. */
const scored: Scored[] = Array.from({ length: ROWS }, (_, i) => {
  const label = `the parcel number ${i} has left our house`;
  const wrong = 'nobody knows';
  return {
    example: { predictionId: `p${i}`, seq: i + 1, input: { text: '?' }, label, partition: 'holdout' },
    ours: read(`${label}.`),
    theirs: read(i % 3 === 0 ? `${label}!` : wrong),
  };
});
function look(kind: 'strict' | 'patient') {
  reads = 0;
  return reportLook(
    { judge: async (...asked) => judgeGate(...asked), report: async (...asked) => reportPair(...asked) },
    { task, gate: gateSchema.parse({ thresholds: [{ metric: 'chrf', lowerBound: 0.5 }], minRows: 10 }) },
    {
      kind,
      look: 1,
      cutSeq: CUT,
      isChosenByErrors: false,
      isExpired: false,
      patience: 300,
      use: 1,
      seed: 1,
      resamples: 200,
    },
    { test: scoredSet(task, scored), golden: { ...noGolden, pinned: [], sampled: [] }, artifact: null },
  );
}

/** Once each, and the few that a person is shown. */
const READS = 2 * ROWS + 2 * 3;

test('whether an answer of a look is right is asked once', async () => {
  const { report } = await look('strict');
  expect(reads).toBe(READS);
  expect(report).toMatchObject({
    rows: ROWS,
    evidence: { rows: ROWS, wins: 40, losses: 0 },
    freshRows: ROWS - CUT,
    heldOut: { fromSeq: 1, toSeq: CUT },
    flips: [{ kind: 'fixed' }, { kind: 'fixed' }, { kind: 'fixed' }],
  });
});

test('where only fresh rows are evidence, they are those, and still nothing is asked again', async () => {
  const { report, main } = await look('patient');
  expect(reads).toBe(READS);
  expect(report['evidence']).toEqual({ rows: 40, wins: 27, losses: 0 });
  expect(report['proof']).toMatchObject({ rows: 40, wins: 27, losses: 0 });
  expect(main).toMatchObject({ rows: 40, wins: 27, losses: 0 });
  expect(report).not.toHaveProperty('heldOut');
});
