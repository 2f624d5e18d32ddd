import { setTimeout } from 'node:timers/promises';
import { imageOf } from '../../domain/input.ts';
import type { ModelStore, VersionStore } from '../../domain/ports.ts';
import type { Reason, TeachStore } from '../../domain/teach.ts';
import { chooseRows, teachBudget } from './choose-rows.ts';

export type TeachingStores = {
  teach: Pick<TeachStore, 'waiting' | 'queue' | 'recent' | 'disputes' | 'enqueue' | 'tidy'>;
  models: Pick<ModelStore, 'get'>;
  versions: Pick<VersionStore, 'champion' | 'reference'>;
};

export type RunTeachingOptions = {
  stores: TeachingStores;
  signal: AbortSignal;
  everyMs?: number;
  onProblem?: (problem: { model: string | null; error: unknown }) => void;
};

/** Newest predictions that are looked at; images are as large as a thousand rows each. */
const ROWS = { any: 2_000, images: 200 };
/** A row that nobody had time for is not worth a week later what it was. */
const KEPT_MS = 7 * 86_400_000;
/**
 * Where nothing was worth asking, so many beats pass at most before it is looked at again: fewer where nothing was ever
 * chosen, so that whoever begins does not wait for the first row.
 */
const LONGEST_REST = { first: 5, later: 31 };

/**
 * Keeps the queue of each model filled. May run in any number of processes: a row is in the queue once, and the draw is
 * the same in all of them.
 */
export async function runTeaching({
  stores,
  signal,
  everyMs = 15_000,
  onProblem = () => {},
}: RunTeachingOptions): Promise<void> {
  const resting = new Map<string, { until: number; beats: number }>();
  const begun = new Set<string>();
  for (let beat = 0; !signal.aborted; beat += 1) {
    const models = await stores.teach.waiting().catch((error: unknown) => {
      onProblem({ model: null, error });
      return new Map<string, Partial<Record<Reason, number>>>();
    });
    for (const [model, waiting] of models) {
      if (signal.aborted) break;
      const rest = resting.get(model);
      if (rest !== undefined && rest.until > beat) continue;
      const added = await fillQueue(stores, model).catch((error: unknown) => {
        onProblem({ model, error });
        return 0;
      });
      if (added > 0 || Object.keys(waiting).length > 0) begun.add(model);
      const longest = LONGEST_REST[begun.has(model) ? 'later' : 'first'];
      const beats = added > 0 ? 0 : Math.min(longest, 2 * (rest?.beats ?? 0) + 1);
      resting.set(model, { until: beat + beats + 1, beats });
    }
    await setTimeout(everyMs, undefined, { signal }).catch(() => {});
  }
}

/** Takes out what need not be asked any more, and fills the free places. Returns how many rows came in. */
export async function fillQueue(
  { teach, models, versions }: TeachingStores,
  model: string,
  now = Date.now(),
): Promise<number> {
  await teach.tidy(model, new Date(now - KEPT_MS));
  const waiting = (await teach.waiting()).get(model) ?? {};
  if (isFull(waiting)) return 0;
  const { config } = await models.get(model);
  const champion = await versions.champion(model);
  const limit = imageOf(config.input) === null ? ROWS.any : ROWS.images;
  const rows = await teach.recent(model, limit);
  if (rows.length === 0) return 0;
  const asked = await teach.queue(model, 'driftloop', limit);
  const chosen = chooseRows({
    task: config.task,
    rows,
    disputes: await teach.disputes(model, limit),
    reference: champion === null ? null : await versions.reference(model, champion.version),
    waiting,
    asked: asked.map(({ input }) => input),
    seed: model,
  });
  return teach.enqueue(model, chosen, 'driftloop');
}

/** A queue that is nearly full is not filled for one place: that would read everything for each label. */
function isFull({ random = 0, ...picked }: Partial<Record<Reason, number>>): boolean {
  const nearly = 0.9;
  const picks = Object.values(picked).reduce((sum, n) => sum + n, 0);
  return random >= teachBudget.random * nearly && picks >= (teachBudget.open - teachBudget.random) * nearly;
}
