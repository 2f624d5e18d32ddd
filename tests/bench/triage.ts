/**
 * Triage on changes whose truth is known: of each, how many stories get which diagnosis. Seeded; `npm run docs` makes
 * docs/reference/triage.md of its results.
 */
import { diagnoses, type Diagnosis } from '../../domain/triage.ts';
import { wilson } from '../../statistics/proportions.ts';
import { changes, storyOf } from '../fakes/drifting-world.ts';
import type { BenchResults } from './result.ts';
import { wholeOptions } from './whole-options.ts';

type Said = Partial<Record<Diagnosis, number>>;

export type TriageBench = Readonly<{
  /** By change: what it is, and what triage said of how many of its stories. */
  changes: Readonly<Record<string, Readonly<{ is: Diagnosis; said: Said }>>>;
  /** The same by what it is: a row for each truth. */
  confusion: Partial<Record<Diagnosis, Said>>;
  /** Share of the stories that were told as what they are, with 95 % by Wilson. */
  right: Readonly<{ share: number; low: number; high: number }>;
  /** Of the stories in which the world has changed, those in which a training was held back. */
  heldBack: Readonly<{ stories: number; heldBack: number; atMost: number }>;
}>;

/** These end at a training. */
const trains: readonly Diagnosis[] = ['conceptDrift', 'unclear'];

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const options = wholeOptions('triage', args, {
    seeds: { default: 40, says: 'stories of each change' },
  });
  if (options === null) return null;
  const told = Object.entries(changes).map(([name, change]) => {
    const said: Said = {};
    for (let seed = 1; seed <= options.seeds; seed += 1) addTo(said, storyOf(change, seed).diagnosis, 1);
    process.stderr.write(`${name}: ${say(said)}\n`);
    return { name, is: change.is, said };
  });
  const confusion: Partial<Record<Diagnosis, Said>> = {};
  for (const { is, said } of told) {
    const row = (confusion[is] ??= {});
    for (const one of diagnoses) if (said[one] !== undefined) addTo(row, one, said[one]);
  }
  const stories = told.length * options.seeds;
  const right = told.reduce((sum, { is, said }) => sum + (said[is] ?? 0), 0);
  const drifts = confusion.conceptDrift ?? {};
  const ofDrifts = Object.values(drifts).reduce((sum, n) => sum + n, 0);
  const heldBack = ofDrifts - trains.reduce((sum, one) => sum + (drifts[one] ?? 0), 0);
  const results: TriageBench = {
    changes: Object.fromEntries(told.map(({ name, ...rest }) => [name, rest])),
    confusion,
    right: { share: rounded(right / stories), ...bounds(right, stories) },
    heldBack: { stories: ofDrifts, heldBack, atMost: bounds(heldBack, ofDrifts).high },
  };
  return { options, results };
}

const addTo = (said: Said, diagnosis: Diagnosis, n: number) =>
  void (said[diagnosis] = (said[diagnosis] ?? 0) + n);

const say = (said: Said) =>
  diagnoses.flatMap((one) => (said[one] === undefined ? [] : [`${one} ${said[one]}`])).join(', ');

const rounded = (share: number) => Number(share.toPrecision(3));

function bounds(hits: number, of: number): { low: number; high: number } {
  const { low, high } = wilson(hits, of);
  return { low: rounded(low), high: rounded(high) };
}
