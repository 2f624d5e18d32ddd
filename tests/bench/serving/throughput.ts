import path from 'node:path';
import { REAL_SERVER_TOKEN } from '../../support/real-server.ts';
import { between } from '../../support/two-versions.ts';
import type { LoadReport } from '../../support/load.ts';
import { startMlServer } from './mlserver.ts';
import { startAnswering, startLoad } from './processes.ts';
import type { ToOurs } from './ours-process.ts';
import type { Versions } from './versions.ts';

const arms = ['ours', 'oursFuller', 'bare', 'mlserverOneByOne', 'mlserverBatched'] as const;
type ArmName = (typeof arms)[number];

export type ThroughputOptions = { seconds: number; rounds: number; connections: number };

type Figures = { perSecond: number; p50Ms: number; p99Ms: number };

export type Throughput = {
  arms: Record<ArmName, Figures>;
  /** Medians of the ratios of each round; to the quicker of the two MLServers. */
  throughputVsBare: number;
  /** Ours with as many times the connections as the bare handler's p99 leaves room for: see `FULLER`. */
  fullerVsBare: number;
  fullerP99VsBare: number;
  throughputVsMlserver: number;
  /** Below 1 the ratio above is at a lower p99 than the other's. */
  p99VsBare: number;
  p99VsMlserver: number;
};

/**
 * With the same connections ours has less than half of the bare handler's p99, so what each can carry at the same p99
 * is another question: ours is asked by so many times as many.
 */
const FULLER = 2;

/** The same model behind four doors, asked in turns by the same load; nobody keeps a log. */
export async function measureThroughput(
  { folder, artifact, store, refOf }: Versions,
  { seconds, rounds, connections }: ThroughputOptions,
  say: (line: string) => void,
): Promise<Throughput> {
  const ours = startAnswering<ToOurs>('ours-process');
  const bare = startAnswering<{ folder: string }>('bare-process');
  const load = startLoad();
  const ends: (() => void)[] = [ours.end, bare.end, load.end];
  try {
    const asked = {
      path: '/v1/models/plans:predict',
      body: JSON.stringify({ instances: [between] }),
      token: REAL_SERVER_TOKEN,
    };
    const mlserver = async (which: 'oneByOne' | 'batched') => {
      const server = await startMlServer(path.join(folder, which), artifact, which, say);
      ends.push(server.end);
      return { ...server, token: null };
    };
    const { port } = await ours.ask<{ port: number }>({ kind: 'start', store, champion: refOf(1) });
    const doors = {
      ours: { ...asked, port },
      oursFuller: { ...asked, port },
      bare: { ...asked, ...(await bare.ask<{ port: number }>({ folder: artifact })) },
      mlserverOneByOne: await mlserver('oneByOne'),
      mlserverBatched: await mlserver('batched'),
    };
    const reports = Object.fromEntries(arms.map((arm) => [arm, [] as LoadReport[]])) as Record<
      ArmName,
      LoadReport[]
    >;
    for (let round = 0; round < rounds; round += 1)
      for (const arm of arms) {
        const report = await load.run({
          ...doors[arm],
          connections: arm === 'oursFuller' ? FULLER * connections : connections,
          seconds,
          warmSeconds: Math.min(2, seconds / 2),
          checksVersions: false,
        });
        if (report.failed > 0) throw new Error(`${arm} failed ${report.failed} of ${report.answered}`);
        reports[arm].push(report);
        say(
          `${arm.padEnd(17)} ${Math.round(report.perSecond)} requests a second, p50 ${report.p50Ms.toFixed(1)} ms, p99 ${report.p99Ms.toFixed(1)} ms`,
        );
      }
    const figures = Object.fromEntries(arms.map((arm) => [arm, middleOf(reports[arm])])) as Record<
      ArmName,
      Figures
    >;
    const quicker =
      figures.mlserverBatched.perSecond > figures.mlserverOneByOne.perSecond
        ? 'mlserverBatched'
        : 'mlserverOneByOne';
    // Of a round, in which the machine was as busy with others for all.
    const over = (key: keyof Figures, other: ArmName, one: ArmName = 'ours') =>
      middle(reports[one].map((report, round) => report[key] / reports[other][round]![key]));
    return {
      arms: figures,
      throughputVsBare: over('perSecond', 'bare'),
      fullerVsBare: over('perSecond', 'bare', 'oursFuller'),
      fullerP99VsBare: over('p99Ms', 'bare', 'oursFuller'),
      throughputVsMlserver: over('perSecond', quicker),
      p99VsBare: over('p99Ms', 'bare'),
      p99VsMlserver: over('p99Ms', quicker),
    };
  } finally {
    for (const end of ends) end();
  }
}

const round2 = (value: number) => Math.round(value * 100) / 100;

function middleOf(reports: readonly LoadReport[]): Figures {
  const of = (key: keyof Figures) => middle(reports.map((report) => report[key]));
  return { perSecond: of('perSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') };
}

const middle = (values: readonly number[]): number =>
  round2(values.toSorted((a, b) => a - b)[values.length >> 1]!);
