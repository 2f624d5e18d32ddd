import type { Random } from '../random.ts';
import { RATES, recommend } from './recommend.ts';
import type { Situation } from './recommend.ts';
import { hasAdapters } from './settings.ts';
import type { Method, Settings } from './settings.ts';

/** What a search chooses from. */
export type Space = Readonly<{
  /** Tried first, so that a search is never worse than what it would have replaced. */
  first: Settings;
  methods: readonly Method[];
  /** Times the learning rate that is first for the method; evenly over its logarithm. */
  rateFactor: readonly [least: number, most: number];
  ranks: readonly number[];
}>;

/** Rates from a quarter to four times the usual are where a better one lies, if there is one. */
const RATE_FACTOR = [1 / 4, 4] as const;

/** Methods that are worth a try beside the recommended one. */
const neighbours: Readonly<Record<Method, readonly Method[]>> = {
  full: ['full'],
  head: ['head', 'lora'],
  lpft: ['lpft', 'lora'],
  lora: ['lora', 'head'],
  qlora: ['qlora'],
};

/** Around the recommended settings. Only methods that need no more memory than the recommended one. */
export function defaultSpace(situation: Situation): Space {
  const { settings } = recommend(situation);
  const hasHead = situation.classes !== null && situation.task !== 'generation';
  const methods = neighbours[settings.method].filter((method) => method !== 'head' || hasHead);
  const rank = settings.rank ?? 8;
  return { first: settings, methods, rateFactor: RATE_FACTOR, ranks: [rank / 2, rank, rank * 2] };
}

/** So many settings: the first of the space, then drawn ones. The same for the same stream of chance. */
export function sampleSettings(space: Space, trials: number, random: Random): Settings[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.uniform() * from.length)]!;
  const [least, most] = space.rateFactor;
  return Array.from({ length: trials }, (_, i) => {
    if (i === 0) return space.first;
    const method = pick(space.methods);
    const factor = least * (most / least) ** random.uniform();
    const usual = space.first.learningRate * (RATES[method] / RATES[space.first.method]);
    const rank = hasAdapters(method) ? pick(space.ranks) : null;
    return { ...space.first, method, rank, learningRate: usual * factor };
  });
}
