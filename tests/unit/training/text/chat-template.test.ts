import { expect, test } from 'vitest';
import { readChatTemplate } from '../../../../training/text/chat-template.ts';
import { caught } from '../../../support/caught.ts';

const template =
  '{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}';
const config = { chat_template: template, bos_token: '<s>', eos_token: { content: '</s>' } };
const messages = [
  { role: 'user', content: ' How? ' },
  { role: 'assistant', content: 'So.' },
] as const;

test('a conversation is written as its template says, up to the answer where one is wanted', () => {
  const chat = readChatTemplate(config, null)!;
  expect(chat(messages, { answers: false })).toBe('<s><user>How?</s><assistant>So.</s>');
  expect(chat(messages.slice(0, 1), { answers: true })).toBe('<s><user>How?</s><assistant>');
});

test('the default of several is taken, and a file of its own before all', () => {
  const several = {
    ...config,
    chat_template: [
      { name: 'tool', template: 'x' },
      { name: 'default', template: 'y' },
    ],
  };
  expect(readChatTemplate(several, null)!(messages, { answers: false })).toBe('y');
  expect(readChatTemplate(several, 'z')!(messages, { answers: false })).toBe('z');
});

test('a base without one has none; one that is no Jinja is refused', () => {
  expect(readChatTemplate({}, null)).toBeNull();
  expect(caught(() => readChatTemplate({ chat_template: '{% for %}' }, null))).toMatchObject({
    code: 'DL_BASE_INVALID',
  });
});
