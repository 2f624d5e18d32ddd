import { isDeepStrictEqual } from 'node:util';
import { streamMethods } from '../../../domain/detector-config.ts';
import type { StreamMethodName } from '../../../domain/detector-config.ts';
import { streamOf } from '../../../monitors/detectors/streams/every-stream.ts';
import { randomShares } from '../../support/random-shares.ts';
import { askPeer } from './peers.ts';
import { scoreDrifts } from './scoring.ts';
import type { Detected } from './scoring.ts';
import { simulate, simulatedKinds } from './simulated.ts';
import type { SimulatedKind } from './simulated.ts';

/** What River has too. KSWIN draws at random, so that its finds are compared as a whole and not to the row. */
const inRiver = ['adwin', 'ddm', 'eddm', 'hddm-a', 'hddm-w', 'fhddm', 'page-hinkley', 'kswin'] as const;
const same = inRiver.filter((name) => name !== 'kswin');
/** KSWIN is a thousand times slower than the others. */
const TIMED = 200_000;
const timedRows = { kswin: 5_000 };
/** Of each kind; River takes a millisecond a value with it. */
const KSWIN_STREAMS = 10;
const ROUNDS = 9;

type River = {
  version: string;
  drifts: Record<string, number[][]>;
  nanoseconds: Record<string, number>;
};

export type BesideRiver = Readonly<{
  river: string;
  speedup: Record<string, number>;
  /** Nanoseconds of an update: `ours` in a row (observeAll), `oneByOne` with a pure state each. */
  nanoseconds: Record<string, { ours: number; oneByOne: number; river: number | null }>;
  /** Bytes of the largest state as JSON over the timed values, and how many numbers it holds in general. */
  memory: Record<string, { bytes: number; numbers: string }>;
  /** `river`: the same finds to the row, or what its own draws find on the first streams; null where it has none. */
  detections: Record<
    SimulatedKind,
    Record<string, Detected & { river: 'the same' | (Detected & { streams: number }) | null }>
  >;
}>;

type Speed = Omit<BesideRiver, 'detections'>;
type Finds = Pick<BesideRiver, 'river' | 'detections'>;

/** How quick every detector of streams is, beside River's on the same values in the same run. */
export async function speedBesideRiver(say: (line: string) => void): Promise<Speed> {
  const timed = timedBits();
  const river = await askRiver({ methods: inRiver, timed: timed.join(''), timedRows, rounds: ROUNDS });
  const [nanoseconds, memory, speedup]: [Speed['nanoseconds'], Speed['memory'], Speed['speedup']] = [
    {},
    {},
    {},
  ];
  for (const name of streamMethods) {
    const theirs = river.nanoseconds[name] ?? null;
    const values = fed(name, timed).slice(0, name === 'kswin' ? timedRows.kswin : TIMED);
    const speed = time(name, values);
    nanoseconds[name] = { ...speed, river: theirs === null ? null : round(theirs) };
    memory[name] = { bytes: largestState(name, values), numbers: streamOf(name).memory };
    if (theirs !== null) speedup[name] = round(theirs / speed.ours);
    say(
      `${name.padEnd(20)} ${speed.ours} ns an update, ${speed.oneByOne} one by one` +
        (theirs === null ? '' : `; River ${round(theirs)} ns, ${speedup[name]} times`),
    );
  }
  return { river: river.version, speedup, nanoseconds, memory };
}

/** What every detector of streams finds, beside River's on the same bits. */
export async function findsBesideRiver(seeds: number): Promise<Finds> {
  const streams = simulatedKinds.flatMap((kind) =>
    Array.from({ length: seeds }, (_, seed) => ({ kind, ...simulate(kind, seed + 1) })),
  );
  const river = await askRiver({
    detect: inRiver,
    streams: streams.map(({ bits }) => bits.join('')),
    detectAtMost: {
      kswin: streams.flatMap(({ kind }, k) =>
        k - streams.findIndex((one) => one.kind === kind) < KSWIN_STREAMS ? [k] : [],
      ),
    },
  });
  const drifts = Object.fromEntries(
    streamMethods.map((name) => {
      const detector = streamOf(name).create();
      const found = streams.map(
        ({ bits }) => detector.observeAll(detector.start(), fed(name, bits)).driftIndices,
      );
      return [name, found];
    }),
  );
  for (const name of same)
    if (!isDeepStrictEqual(drifts[name], river.drifts[name]))
      throw new Error(`${name} finds other drifts than River ${river.version} on the same bits`);

  const detections = Object.fromEntries(
    simulatedKinds.map((kind) => {
      const of = streams.flatMap((stream, k) => (stream.kind === kind ? [k] : []));
      const score = (found: readonly number[][], which: readonly number[]) =>
        scoreDrifts(
          which.map((k) => streams[k]!),
          which.map((k) => found[k]!),
        );
      const firsts = of.slice(0, KSWIN_STREAMS);
      const ownDraws = { streams: firsts.length, ...score(river.drifts['kswin']!, firsts) };
      const rows = streamMethods.map((name) => {
        const theirs = name === 'kswin' ? ownDraws : null;
        return [
          name,
          { ...score(drifts[name]!, of), river: same.some((one) => one === name) ? 'the same' : theirs },
        ];
      });
      return [kind, Object.fromEntries(rows)];
    }),
  ) as BesideRiver['detections'];
  return { river: river.version, detections };
}

type Asked = {
  methods: readonly string[];
  timed: string;
  timedRows: Record<string, number>;
  rounds: number;
  detect: readonly string[];
  streams: readonly string[];
  detectAtMost: Record<string, readonly number[]>;
};

const askRiver = (asked: Partial<Asked>): Promise<River> =>
  askPeer<River>('river_arm.py', {
    methods: [],
    timed: '',
    timedRows: {},
    rounds: 0,
    detect: [],
    streams: [],
    detectAtMost: {},
    fedRight: inRiver.filter((name) => streamOf(name).feeds === 'right answers'),
    ...asked,
  } satisfies Asked & { fedRight: readonly string[] });

const round = (value: number) => Number(value.toPrecision(3));

/** Errors whose rate changes every 20,000 values, so that drifts and resets are timed too. */
function timedBits(): Uint8Array {
  const random = randomShares(77);
  return Uint8Array.from({ length: TIMED }, (_, i) =>
    random() < (Math.floor(i / 20_000) % 2 === 0 ? 0.1 : 0.3) ? 1 : 0,
  );
}

const fed = (name: StreamMethodName, bits: Uint8Array): Uint8Array =>
  streamOf(name).feeds === 'errors' ? bits : bits.map((bit) => 1 - bit);

function time(name: StreamMethodName, values: Uint8Array): { ours: number; oneByOne: number } {
  const detector = streamOf(name).create();
  const best = (update: () => void): number => {
    let least = Infinity;
    for (let k = 0; k < ROUNDS; k += 1) {
      const began = performance.now();
      update();
      least = Math.min(least, performance.now() - began);
    }
    return round((1e6 * least) / values.length);
  };
  return {
    ours: best(() => void detector.observeAll(detector.start(), values)),
    oneByOne: best(() => {
      let state = detector.start();
      for (const x of values) state = detector.observe(state, x);
    }),
  };
}

function largestState(name: StreamMethodName, values: Uint8Array): number {
  const detector = streamOf(name).create();
  let [state, largest] = [detector.start(), 0];
  for (let at = 0; at < values.length; at += 1_000) {
    state = detector.observeAll(state, values.slice(at, at + 1_000)).state;
    largest = Math.max(largest, JSON.stringify(state).length);
  }
  return largest;
}
