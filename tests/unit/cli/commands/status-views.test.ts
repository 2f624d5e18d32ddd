import { expect, test } from 'vitest';
import { showStatus } from '../../../../cli/commands/status-views.ts';
import { ago, clock, figures, hour, run, view } from '../../../fakes/console-views.ts';

test('what needs somebody stands first, with the command that leads to it', () => {
  const waits = run({ phase: 'waiting-for-approval', outcome: null, endedAt: null, model: 'churn' });
  const { text, json, next } = showStatus(
    [
      view({ name: 'steady-one' }),
      view({ name: 'bad-one', health: { word: 'worse', since: ago(hour), because: ['It errs more.'] } }),
      view({ name: 'churn', runs: [waits], live: figures({ accuracy: null }) }),
    ],
    clock,
  );
  const lines = text.split('\n');
  expect(lines[0]).toBe('One decision waits for you. bad-one is getting worse. Two models are steady.');
  expect(lines.slice(3, 6).map((line) => line.split(/\s+/)[0])).toEqual(['churn', 'bad-one', 'steady-one']);
  expect(lines[3]).toContain('not known');
  expect(next).toBe(`driftloop run show ${waits.id} --dossier`);
  expect(json).toMatchObject({ models: [{ model: 'churn', waits: [waits.id], accuracy: null }, {}, {}] });
});

test('without models it says how to begin', () => {
  expect(showStatus([], clock)).toMatchObject({
    text: expect.stringContaining('No models yet.'),
    next: 'driftloop apply',
  });
});
