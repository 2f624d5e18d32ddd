import type { Pairs } from '../statistics/sequential/paired-difference.ts';
import { answersOf } from './answers.ts';
import type { Step } from './canary.ts';
import type { Ports } from './ports.ts';
import { rightOf, tally } from './scored-rows.ts';

/** What the labels that have come since a rollout began say of both versions. */
export type Arrivals = {
  /** Rows up to this one have been looked at. */
  seq: number;
  /** Wins are rows that only the challenger got right. */
  pairs: Pairs;
  /** Median time from a prediction to its label, of the newest; null where nothing is known. */
  delayMs: number | null;
};

/** Rows of one call: the next one goes on from there. */
const ROWS_AT_ONCE = 500;
/** Newest labels whose delay is measured. */
const ROWS_OF_DELAY = 200;

type ScorePorts = Pick<Ports, 'models' | 'versions' | 'examples' | 'predictor' | 'artifacts'>;

export const createArrivalActivities = (ports: ScorePorts) => ({
  /**
   * Scores rows whose labels have come since the last call by both versions, whoever had answered them: off the path of
   * requests, and with nothing new to be sent. Safe to repeat: it only reads. The first call only says from where on.
   */
  async scoreArrivals({ before, ...step }: Step & { before: Arrivals | null }): Promise<Arrivals> {
    const { model, configDigest, version, champion } = step;
    const { examples, versions, models } = ports;
    if (before === null) {
      const none = { wins: 0, losses: 0, ties: 0 };
      return { seq: await examples.labelled(model), pairs: none, delayMs: await delayOf(ports, model) };
    }
    const toSeq = before.seq + ROWS_AT_ONCE;
    const rows = await examples.range(model, { fromSeq: before.seq + 1, toSeq });
    // A whole step of rows that judge nothing, such as an import of picked ones, is passed over.
    if (rows.length === 0)
      return (await examples.labelled(model)) > toSeq ? { ...before, seq: toSeq } : before;
    const { task } = await models.getPinned(model, configDigest);
    const rightBy = async (one: string) => ({
      right: rightOf(task, rows, await answersOf(ports, await versions.get(model, one), rows)),
    });
    const [ours, theirs] = await Promise.all([rightBy(version), rightBy(champion)]);
    const { wins, losses } = tally({ ours, theirs });
    const { pairs } = before;
    return {
      seq: rows.at(-1)!.seq,
      pairs: {
        wins: pairs.wins + wins,
        losses: pairs.losses + losses,
        ties: pairs.ties + rows.length - wins - losses,
      },
      delayMs: await delayOf(ports, model),
    };
  },
});

/** The median of how long labels took, of the newest rows. */
async function delayOf({ examples }: ScorePorts, model: string): Promise<number | null> {
  const known = (await examples.record(model, ROWS_OF_DELAY)).flatMap(({ rows }) => rows);
  if (known.length === 0) return null;
  const predicted = await examples.predictedAt(model, { fromSeq: known[0]!.seq, limit: ROWS_OF_DELAY });
  const delays = known
    .flatMap(({ seq, atMs }) => (predicted.has(seq) ? [atMs - predicted.get(seq)!] : []))
    .toSorted((a, b) => a - b);
  return delays[Math.floor(delays.length / 2)] ?? null;
}
