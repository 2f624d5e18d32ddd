/**
 * Whole loops on real services while their parts are killed with -9 at seeded moments, until so many kills are done:
 * no law may be broken, each part has to be back within 30 s, and every loop has to close.
 */
import { hasClosed, playStory, type Kill, type Story } from '../chaos/story.ts';
import { refuseBroken } from './refuse-broken.ts';
import { wholeOptions } from './whole-options.ts';
import type { BenchResults } from './result.ts';

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const options = wholeOptions('chaos', args, {
    kills: { default: 200, says: 'kills in all; loops follow one another until they are done' },
    seed: { default: 1, says: 'of the first loop' },
  });
  if (options === null) return null;
  const { kills: wanted, seed: firstSeed } = options;
  const stories: Story[] = [];
  const killed = () => stories.flatMap(({ kills }) => kills);
  while (killed().length < wanted) {
    const story = await playStory({
      seed: firstSeed + stories.length,
      mostKills: wanted - killed().length,
      onKill: ({ part, phase, backAfterSeconds }) =>
        process.stderr.write(
          `${part.padEnd(12)} killed in ${phase.padEnd(20)} back after ${backAfterSeconds?.toFixed(1) ?? 'never'} s\n`,
        ),
    });
    stories.push(story);
    process.stderr.write(`${sayStory(story)}\n`);
  }
  const back = killed().map(({ backAfterSeconds }) => backAfterSeconds ?? Infinity);
  back.sort((a, b) => a - b);
  const atShare = (share: number) => round(back[Math.min(back.length - 1, Math.floor(share * back.length))]!);
  const results = {
    kills: back.length,
    loops: stories.length,
    closed: stories.filter(({ summary }) => hasClosed(summary)).length,
    breaches: stories.flatMap(({ seed, breaches }) => breaches.map((breach) => ({ seed, ...breach }))),
    leftBehind: stories.flatMap(({ leftBehind }) => leftBehind),
    trainingsPerRun: Math.max(...stories.map(mostTrainings)),
    secondsUntilBack: { median: atShare(0.5), p95: atShare(0.95), worst: atShare(1) },
    killsByPart: countBy(killed(), ({ part }) => part),
    killsByPhase: countBy(killed(), ({ phase }) => phase),
    requests: {
      total: stories.reduce((sum, { summary }) => sum + summary.requests.total, 0),
      failed: stories.reduce((sum, { summary }) => sum + summary.requests.failed, 0),
    },
  };
  const isSound =
    results.breaches.length + results.leftBehind.length === 0 && results.closed === stories.length;
  refuseBroken(isSound, results, 'Play the story of that seed again with --seed.');
  return { results, options: { seed: firstSeed } };
}

const mostTrainings = ({ summary }: Story): number => {
  const versions = summary.runs
    .filter(({ trainSeconds }) => trainSeconds !== null)
    .map(({ version }) => version);
  return Math.max(0, ...versions.map((version) => versions.filter((other) => other === version).length));
};

/** Most frequent first. */
function countBy(kills: readonly Kill[], of: (kill: Kill) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const kill of kills) counts.set(of(kill), (counts.get(of(kill)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

const round = (x: number) => Math.round(x * 10) / 10;

const sayStory = ({ seed, kills, breaches, summary, leftBehind }: Story): string =>
  `seed ${seed}: ${kills.length} kills, ${hasClosed(summary) ? 'closed' : `NOT closed (${summary.reason})`}, ` +
  `${breaches.length} breaches ${JSON.stringify(breaches)}, ${leftBehind.length} left behind`;
