import { afterEach, expect, test, vi } from 'vitest';
import { watchRun } from '../../../../cli/commands/watch-run.ts';
import type { RunEvent } from '../../../../domain/ports.ts';
import { startingUp } from '../../../../domain/run.ts';
import type { Run } from '../../../../domain/run.ts';
import { run as oneRun } from '../../../fakes/console-views.ts';

afterEach(() => vi.restoreAllMocks());

test('each sentence is told once, as it comes, and the end is its outcome', async () => {
  const written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.err += String(text)), true));
  const at = '2026-11-24T08:20:00.000Z';
  const story: (RunEvent & { at: string })[] = [];
  const going: Run = { ...oneRun(), phase: 'fine-tuning', outcome: null, endedAt: null };
  const looks: (() => Run)[] = [
    () => going,
    () => {
      story.push({ key: 'a', phase: 'triage', sentence: 'Looks at the data.', at });
      return { ...going, progress: { ...startingUp, backend: 'cpu', trainLoss: 0.5, step: 3, steps: 9 } };
    },
    () => {
      story.push({ key: 'b', phase: 'fine-tuning', sentence: 'Learns.', at });
      return {
        ...going,
        phase: 'ended',
        outcome: { kind: 'promoted', version: 'v2', sentence: 'v2 answers.' },
      };
    },
  ];
  let look = 0;
  const runs = { get: async () => looks[Math.min(look++, 2)]!(), story: async () => story };

  const answer = await watchRun(runs, going.id, { everyMs: 1, asJson: false });
  expect(
    written.out
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(/\s{2,}/).at(-1)),
  ).toEqual(['Looks at the data.', 'Learns.']);
  expect(written.err).toContain('Fine-tunes, step 3 of 9: loss 0.5000, on cpu');
  expect(answer).toMatchObject({ text: 'v2 answers.', next: `driftloop explain ${going.id}` });
});
