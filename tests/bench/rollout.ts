/**
 * The honesty of a canary and its price: how often a challenger that is no worse is withdrawn, however often it is looked
 * at, and how soon one that is worse is caught. Each canary is one step of a rollout of four phases. Seeded.
 */
import { table } from '../../cli/output.ts';
import { SAMPLE_RATIO_ALPHA, judgeSampleRatio } from '../../monitors/rollout/sample-ratio.ts';
import { drawBinomial, uniform } from '../../statistics/binomial-draw.ts';
import { chiSquareTail } from '../../statistics/distributions.ts';
import type { BenchResults } from './result.ts';
import { simulateCanaries, type World } from './rollout/simulate.ts';
import { wholeOptions } from './whole-options.ts';

const LOOKS = 50;
const REQUESTS_A_LOOK = 200;
const healthy: World = { errors: 0.01, slow: 0.01, invalid: 0.0005 };

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const options = wholeOptions('rollout', args, {
    equal: { default: 2_000, says: 'canaries of a challenger that is no other than the champion' },
    worse: { default: 500, says: 'canaries of each that is worse' },
  });
  if (options === null) return null;
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const worlds = [
    { name: 'equal, 1 % errors', seed: 1, canaries: options.equal, champion: healthy, challenger: healthy },
    ...[0.0001, 0.1, 0.4].map((errors, i) => {
      const both = { ...healthy, errors };
      const name = `equal, ${100 * errors} % errors`;
      return { name, seed: 10 + i, canaries: options.worse, champion: both, challenger: both };
    }),
    ...[
      { name: '1 point more errors', change: { errors: 0.02 } },
      { name: '2 points more errors', change: { errors: 0.03 } },
      { name: '5 points more errors', change: { errors: 0.06 } },
      { name: '4 points more slow answers', change: { slow: 0.05 } },
      { name: '1 point invalid answers', change: { invalid: 0.01 } },
    ].map(({ name, change }, i) => ({
      name,
      seed: 20 + i,
      canaries: options.worse,
      champion: healthy,
      challenger: { ...healthy, ...change },
    })),
  ];
  const rows = worlds.map(({ name, ...world }) => ({
    name,
    canaries: world.canaries,
    ...simulateCanaries({ ...world, looks: LOOKS, requestsALook: REQUESTS_A_LOOK }),
  }));
  say(
    `${LOOKS} looks at canaries with ${REQUESTS_A_LOOK} more requests on each side a look, α = 5 % a rollout`,
  );
  say(
    table([
      ['challenger', 'canaries', 'withdrawn', 'shown to be well', 'undecided', 'median look'],
      ...rows.map(({ name, canaries, withdrawn, promoted, undecided, medianLook }) => [
        name,
        String(canaries),
        percent(withdrawn),
        percent(promoted),
        percent(undecided),
        medianLook === null ? '' : String(medianLook),
      ]),
    ]),
  );
  const ratio = ratioAlarms(options.equal);
  say(
    `\nSample ratio, ${LOOKS} looks at samples that are as they were drawn: ${percent(ratio.falseAlarms)} alarms`,
  );
  say(`  by a χ² test at p < 0.0005 at every look: ${percent(ratio.byChiSquare)}`);
  say(`  of samples of 48 to 52: ${percent(ratio.caught)} caught`);
  const of = (name: string) => rows.find((row) => row.name === name)!;
  return {
    options,
    results: {
      falseRollbackRate: of('equal, 1 % errors').withdrawn,
      caughtRate: of('2 points more errors').withdrawn,
      medianLookOfCaught: of('2 points more errors').medianLook,
      canaries: rows,
      sampleRatio: ratio,
    },
  };
}

/** How often the ratio of two samples alarms within all looks, as it should be and 48 to 52. */
function ratioAlarms(times: number) {
  const draw = uniform(41);
  const anyAlarm = (share: number, alarms: (challenger: number, both: number) => boolean) => {
    let count = 0;
    for (let i = 0; i < times; i += 1) {
      let [challenger, both] = [0, 0];
      for (let look = 0; look < LOOKS; look += 1) {
        challenger += drawBinomial(2 * REQUESTS_A_LOOK, share, draw);
        both += 2 * REQUESTS_A_LOOK;
        if (alarms(challenger, both)) {
          count += 1;
          break;
        }
      }
    }
    return count / times;
  };
  const ours = (challenger: number, both: number) =>
    judgeSampleRatio({ challenger, baseline: both - challenger, expected: 0.5 }).kind === 'error';
  const chiSquare = (challenger: number, both: number) =>
    chiSquareTail((4 * (challenger - both / 2) ** 2) / both, 1) < SAMPLE_RATIO_ALPHA;
  return {
    falseAlarms: anyAlarm(0.5, ours),
    byChiSquare: anyAlarm(0.5, chiSquare),
    caught: anyAlarm(0.48, ours),
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
