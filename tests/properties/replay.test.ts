import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { eValue } from '../../statistics/e-process.ts';
import { random } from '../../training/random.ts';
import { replayPolicy, type ReplayPolicy } from '../../training/replay/replay.ts';
import { conceptStream, type Concept } from '../unit/training/replay/concept-stream.ts';

const regimes = fc.array(fc.tuple(fc.constantFrom<Concept>(0, 1), fc.integer({ min: 100, max: 1_500 })), {
  minLength: 2,
  maxLength: 5,
});
const policy = fc.constantFrom<ReplayPolicy>({ kind: 'regret' }, { kind: 'schedule', every: 700, last: 600 });

test('no policy looks ahead: what comes later changes nothing that was decided before', async () => {
  await fc.assert(
    fc.asyncProperty(
      regimes,
      fc.nat(600),
      policy,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (parts, delay, how, where) => {
        const stream = conceptStream([[0, 500], ...parts], { delay });
        const cut = 500 + Math.floor(where * (stream.labels.length - 500));
        const changed = {
          ...stream,
          labels: Array.from(stream.labels, (label, row) => (row < cut ? label : 1 - label)),
        };
        // Hindsight, which says whether a promotion was false, is the one thing that may differ.
        const decided = async (of: typeof changed) =>
          (await replayPolicy<Concept>(of, how, 0)).events
            .filter(({ labelled }) => labelled <= cut)
            .map((event) => ({ ...event, isFalse: null }));
        expect(await decided(changed)).toEqual(
          await decided({ ...stream, labels: Array.from(stream.labels) }),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('the books balance: errors, trainings and cost follow from what was answered and written down', async () => {
  await fc.assert(
    fc.asyncProperty(regimes, fc.nat(600), policy, async (parts, delay, how) => {
      const stream = conceptStream([[0, 500], ...parts], { delay });
      const replay = await replayPolicy<Concept>(stream, how, 0);
      const errors = replay.answered.reduce((sum, error) => sum + error, 0);
      expect(replay).toMatchObject({
        errors,
        cost: errors + 50 * replay.trainings,
        trainings: stream.trained.length,
      });
      for (const event of replay.events) {
        expect(event.labelled).toBeLessThanOrEqual(Math.max(500, event.row - delay));
        if (event.kind === 'train') expect(event.to).toBeLessThanOrEqual(event.labelled);
      }
    }),
    { numRuns: 60 },
  );
});

test('looked at after every row, E promotes an equal challenger in at most one case of twenty', () => {
  const { uniform } = random(11);
  const [cases, rows, discordant] = [1_000, 1_000, 0.1];
  let promoted = 0;
  for (let i = 0; i < cases; i += 1) {
    let [wins, losses] = [0, 0];
    for (let row = 0; row < rows; row += 1) {
      const u = uniform();
      if (u >= discordant) continue;
      if (u < discordant / 2) wins += 1;
      else losses += 1;
      if (eValue(wins, losses) > 20) {
        promoted += 1;
        break;
      }
    }
  }
  expect(promoted / cases).toBeLessThanOrEqual(0.05);
  expect(promoted).toBeGreaterThan(0);
});
