import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { conversationOf, promptOf } from '../../../domain/conversation.ts';

const message = fc.record({
  role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const),
  content: fc.oneof(
    fc.string(),
    fc.constantFrom('[{', '[{"role":"user","content":"x"}]', '[{"role":"robot","content":"x"}]'),
  ),
});

test('a conversation comes back from the prompt that it is kept as', () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (conversation) => {
      expect(conversationOf(promptOf(conversation))).toEqual(conversation);
    }),
  );
});

test('what one user says is the prompt itself, and any text that is no conversation is what a user says', () => {
  expect(promptOf([{ role: 'user', content: 'hello' }])).toBe('hello');
  for (const prompt of ['', '[1, 2]', '[{"a": 1}]', '[{ broken'])
    expect(conversationOf(prompt)).toEqual([{ role: 'user', content: prompt }]);
});
