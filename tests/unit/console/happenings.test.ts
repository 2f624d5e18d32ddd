import { expect, test } from 'vitest';
import { happenings } from '../../../console/happenings.ts';
import { ago, day, hour, run, version, view } from '../../fakes/console-views.ts';

test('who made a version champion by hand stands among runs and alerts; of a run its end tells', () => {
  const by = { by: 'ada', because: 'The fee is off again.' };
  const model = view({
    champion: version(12),
    takeovers: [
      { version: 'v12', at: ago(hour), ...by, runId: null },
      { version: 'v13', at: ago(2 * hour), ...by, runId: 'run-41' },
      { version: 'v12', at: ago(3 * day), ...by, because: 'The first one.', runId: null },
    ],
    runs: [
      run({
        startedAt: ago(3 * hour),
        endedAt: ago(2 * hour),
        phase: 'ended',
        outcome: { kind: 'promoted', version: 'v13', sentence: 'v13 took over.' },
      }),
    ],
  });
  expect(happenings([model]).map(({ text }) => text)).toEqual([
    'v12 took over from v13, by ada: The fee is off again.',
    'v13 took over.',
    expect.stringMatching(/^began a run: /),
    'v12 took over, by ada: The first one.',
  ]);
});
