import { expect, test } from 'vitest';
import { sayEvent } from '../../../domain/say-event.ts';

test('a decision without a reason is a sentence too', () => {
  const decided = (because: string) =>
    sayEvent({
      type: 'driftloop.approval.decided.v1',
      model: 'm',
      data: { runId: 'r1', about: 'promotion', decision: 'approve', by: 'ada', because },
    });
  expect(decided('')).toMatchObject({ title: 'ada approves', sentence: 'No reason was given.' });
  expect(decided('better everywhere')).toMatchObject({ sentence: 'better everywhere' });
});
