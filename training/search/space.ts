import type { SearchWish } from '../../domain/fine-tune-config.ts';
import type { Random } from '../random.ts';
import { RATES, recommend } from './recommend.ts';
import type { Situation } from './recommend.ts';
import { hasAdapters } from './settings.ts';
import type { Method } from './settings.ts';

/** What a search varies. */
export type Tried = Readonly<{
  method: Method;
  learningRate: number;
  /** Of the adapters; null for a method that has none. */
  rank: number | null;
  /** Of a network for columns; null for any other. */
  hidden: readonly number[] | null;
}>;

type Over = SearchWish['over'];
type Rates = NonNullable<Over['learningRate']>;

/** What a search chooses from. */
export type Space = Readonly<{
  /** Tried first, so that a search is never worse than what it would have replaced. */
  first: Tried;
  methods: readonly Method[];
  /** Rates to try, or any between two, evenly over the logarithm; null: around the usual one of each method. */
  rates: Rates | null;
  ranks: readonly number[];
  hidden: readonly (readonly number[])[];
}>;

/** Rates from a quarter to four times the usual are where a better one lies, if there is one. */
const RATE_FACTOR = { from: 1 / 4, to: 4 } as const;
const USUAL_RANK = 8;

/** Methods that are worth a try beside the recommended one. */
const neighbours: Readonly<Record<Method, readonly Method[]>> = {
  full: ['full'],
  head: ['head', 'lora'],
  lpft: ['lpft', 'lora'],
  lora: ['lora', 'head'],
  qlora: ['qlora'],
};

/** Around the recommended settings, as far as nothing else is wished. Only methods that need no more memory than these. */
export function networkSpace(situation: Situation, over: Over = {}): Space {
  const recommended = recommend(situation).settings;
  const hasHead = situation.classes !== null && situation.task !== 'generation';
  const { adapters = true } = situation;
  const usual = neighbours[recommended.method].filter(
    (method) => (method !== 'head' || hasHead) && (!hasAdapters(method) || adapters),
  );
  const methods = over.method ?? usual;
  const method = methods.includes(recommended.method) ? recommended.method : methods[0]!;
  const { learningRate, rank } = recommend(situation, method).settings;
  const middle = rank ?? USUAL_RANK;
  const ranks = over.rank ?? [middle / 2, middle, middle * 2];
  const rates = over.learningRate ?? null;
  return {
    first: {
      method,
      learningRate: within(rates, learningRate),
      rank: hasAdapters(method) ? nearest(ranks, middle) : null,
      hidden: null,
    },
    methods,
    rates,
    ranks,
    hidden: [],
  };
}

/** The same for a network for columns, around recommended layers and rate. */
export function tabularSpace(
  recommended: Pick<Tried, 'learningRate'> & { hidden: readonly number[] },
  usual: readonly (readonly number[])[],
  over: Over = {},
): Space {
  const hidden = over.hidden ?? usual;
  const rates = over.learningRate ?? null;
  const isUsual = hidden.some((layers) => layers.join() === recommended.hidden.join());
  return {
    first: {
      method: 'full',
      learningRate: within(rates, recommended.learningRate),
      rank: null,
      hidden: isUsual ? recommended.hidden : hidden[0]!,
    },
    methods: ['full'],
    rates,
    ranks: [],
    hidden,
  };
}

/** So many different settings, or as many as there are: the first of the space, then drawn ones. */
export function drawSettings(space: Space, trials: number, random: Random): Tried[] {
  const drawn = new Map<string, Tried>([[JSON.stringify(space.first), space.first]]);
  // A small space has no more, however often it is asked.
  for (let tries = 0; drawn.size < trials && tries < trials * 20; tries += 1) {
    const tried = draw(space, random);
    drawn.set(JSON.stringify(tried), tried);
  }
  return [...drawn.values()].slice(0, trials);
}

function draw({ first, methods, rates, ranks, hidden }: Space, random: Random): Tried {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.uniform() * from.length)]!;
  const between = ({ from, to }: { from: number; to: number }) => from * (to / from) ** random.uniform();
  const method = pick(methods);
  const usual = first.learningRate * (RATES[method] / RATES[first.method]);
  const learningRate =
    rates === null ? usual * between(RATE_FACTOR) : isList(rates) ? pick(rates) : between(rates);
  return {
    method,
    learningRate,
    rank: hasAdapters(method) ? pick(ranks) : null,
    hidden: hidden.length === 0 ? null : pick(hidden),
  };
}

const isList = (rates: Rates): rates is number[] => Array.isArray(rates);

/** The rate nearest to a usual one that may be tried. */
function within(rates: Rates | null, usual: number): number {
  if (rates === null) return usual;
  return isList(rates) ? nearest(rates, usual) : Math.min(rates.to, Math.max(rates.from, usual));
}

const nearest = (values: readonly number[], to: number): number =>
  values.reduce((best, value) =>
    Math.abs(Math.log(value / to)) < Math.abs(Math.log(best / to)) ? value : best,
  );
