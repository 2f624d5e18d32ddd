import { chunked, columnsOf } from '../../../monitors/detectors/label-free/answers.ts';
import { estimateCbpe, fitCbpe } from '../../../monitors/detectors/label-free/cbpe.ts';
import { realizedMetric } from '../../../monitors/detectors/label-free/expected-metrics.ts';
import { randomShares } from '../../support/random-shares.ts';
import { askPeer } from './peers.ts';

const metrics = ['accuracy', 'f1', 'roc_auc'] as const;
type Metric = (typeof metrics)[number];
type Errors = Record<Metric, number>;

/** Mean distance of what was estimated from what came out, over the chunks of every seed. */
export type BesideNannyMl = Readonly<{ nannyml: string; ours: Errors; theirs: Errors; ratio: Errors }>;

const [REFERENCE, CHUNKS, CHUNK] = [20_000, 20, 2_000];

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/**
 * A model that is too sure, and does not see one of three inputs, on inputs whose means move ever further away from the
 * reference while what they mean stays: covariate shift.
 */
function world(seed: number) {
  const random = randomShares(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = (count: number, shiftOf: (row: number) => number) => {
    const [scores, truth]: [number[], number[]] = [[], []];
    for (let row = 0; row < count; row += 1) {
      const shift = shiftOf(row);
      const [a, b, unseen] = [normal() + shift, normal() - shift / 2, normal()];
      truth.push(Number(random() < sigmoid(1.5 * a + b + 0.7 * unseen + 0.5 * a * b)));
      scores.push(Math.min(1 - 1e-9, Math.max(1e-9, sigmoid(1.6 * (1.5 * a + b)))));
    }
    return { scores, truth };
  };
  return {
    reference: rows(REFERENCE, () => 0),
    now: rows(CHUNKS * CHUNK, (row) => (1.5 * Math.floor(row / CHUNK)) / (CHUNKS - 1)),
  };
}

/** CBPE beside NannyML's, calibrated as each does, on the same rows. */
export async function besideNannyMl(seeds: number, say: (line: string) => void): Promise<BesideNannyMl> {
  const runs = Array.from({ length: seeds }, (_, seed) => world(seed + 1));
  const answers = ({ scores, truth }: { scores: number[]; truth: number[] }) => ({
    scores: scores.map((score) => [score]),
    predicted: scores.map((score) => Number(score >= 0.5)),
    truth,
  });
  const theirs = await askPeer<{ version: string; runs: Record<Metric, number[]>[] }>('cbpe_arm.py', {
    chunkSize: CHUNK,
    runs: runs.map(({ reference, now }) => ({ reference, now: { scores: now.scores } })),
  });
  const errors = (estimatesOf: (run: number, metric: Metric) => readonly number[]): Errors =>
    Object.fromEntries(
      metrics.map((metric) => {
        const away = runs.flatMap(({ now }, run) => {
          const estimates = estimatesOf(run, metric);
          return chunked(answers(now), CHUNK).map((chunk, k) =>
            Math.abs(estimates[k]! - realizedMetric(metric, columnsOf('cbpe', chunk))!),
          );
        });
        return [metric, away.reduce((sum, value) => sum + value, 0) / away.length];
      }),
    ) as Errors;
  const ours = runs.map(({ reference, now }) => {
    const cbpe = fitCbpe(answers(reference), { chunkSize: CHUNK });
    return chunked(answers(now), CHUNK).map((chunk) => estimateCbpe(cbpe, chunk));
  });
  const [mine, other] = [
    errors((run, metric) => ours[run]!.map((chunk) => chunk[metric].estimate)),
    errors((run, metric) => theirs.runs[run]![metric]),
  ];
  const digits = (of: Errors, count: number) =>
    Object.fromEntries(metrics.map((metric) => [metric, Number(of[metric].toFixed(count))])) as Errors;
  const ratio = Object.fromEntries(metrics.map((metric) => [metric, mine[metric] / other[metric]])) as Errors;
  for (const metric of metrics)
    say(
      `CBPE ${metric}: off by ${mine[metric].toFixed(4)}, NannyML by ${other[metric].toFixed(4)} (${ratio[metric].toFixed(3)})`,
    );
  return {
    nannyml: theirs.version,
    ours: digits(mine, 4),
    theirs: digits(other, 4),
    ratio: digits(ratio, 3),
  };
}
