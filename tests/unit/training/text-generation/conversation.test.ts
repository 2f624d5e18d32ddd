import { describe, expect, test } from 'vitest';
import { conversationFormat } from '../../../../training/text-generation/conversation.ts';
import type { Conversation } from '../../../../domain/conversation.ts';
import { plainTemplate } from '../../../../training/text-generation/plain-templates.ts';
import { readTokenizer } from '../../../../training/text/tokenizer-folder.ts';
import { needsShared, shared } from '../../../support/shared-data.ts';

const folders = ['gpt2', 'llama-tied', 'llama-untied'].map((name) => `vectors/finetune/${name}`);
const said: Conversation = [
  { role: 'user', content: 'one' },
  { role: 'assistant', content: 'two' },
  { role: 'user', content: 'three' },
  { role: 'assistant', content: 'four' },
];

/** The texts of what is given and of what is learnt, in turn. */
async function runs(
  folder: string,
  template: (tokenizer: Awaited<ReturnType<typeof readTokenizer>>['tokenizer']) => string,
  conversation = said,
) {
  const { tokenizer, chatOf } = await readTokenizer(shared(folder));
  const format = conversationFormat(tokenizer, chatOf(template(tokenizer)));
  const { ids, learns } = format.written(conversation);
  const found: { learns: boolean; ids: number[] }[] = [];
  for (const [at, id] of ids.entries()) {
    const last = found.at(-1);
    if (last && last.learns === learns[at]) last.ids.push(id);
    else found.push({ learns: learns[at]!, ids: [id] });
  }
  const text = (of: readonly number[]) => tokenizer.decode(of, { special: true });
  return { format, tokenizer, ids, text, texts: found.map((run) => [run.learns, text(run.ids)]) };
}

describe.each(folders)('%s, which brings no chat template', (folder) => {
  test('a prompt and its answer stand plainly one after the other', needsShared(folder), async () => {
    const { texts, tokenizer } = await runs(
      folder,
      (of) => plainTemplate('prompt-and-answer', of),
      said.slice(0, 2),
    );
    const end = tokenizer.decode([tokenizer.endId!], { special: true });
    expect(texts.map(([learns]) => learns)).toEqual([false, true]);
    expect(texts[0]![1]).toMatch(/one\n$/);
    expect(texts[1]![1]).toBe(`two${end}`);
  });

  test(
    'of several turns every answer is learnt with its end, and nothing else',
    needsShared(folder),
    async () => {
      const { texts, tokenizer, format } = await runs(folder, (of) => plainTemplate('named-turns', of));
      const end = tokenizer.decode([tokenizer.endId!], { special: true });
      expect(texts.map(([learns]) => learns)).toEqual([false, true, false, true, false]);
      expect(texts.filter(([learns]) => learns).map(([, text]) => (text as string).trim())).toEqual([
        `two${end}`,
        `four${end}`,
      ]);
      expect(texts[2]![1]).toMatch(/User: three\nAssistant:$/);
      expect(format.endId).toBe(tokenizer.endId);
    },
  );

  test('what is asked is read as it was when its answer was learnt', needsShared(folder), async () => {
    const { format, ids } = await runs(folder, (of) => plainTemplate('named-turns', of));
    const opened = format.opened(said.slice(0, 3));
    expect(opened).toEqual(ids.slice(0, opened.length));
  });
});

describe('a chat template', () => {
  const [, , llama3] = folders;
  const of = (source: string) => runs(llama3!, () => source);

  test(
    'that ends answers with a token of its own: that one is learnt and ends them',
    needsShared(llama3!),
    async () => {
      const { format, texts, tokenizer } = await of(
        '{% for m in messages %}[{{ m.role }}]{{ m.content }}<|pad|>{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}',
      );
      expect(format.endId).toBe(tokenizer.padId);
      expect(texts[1]).toEqual([true, 'two<|pad|>']);
    },
  );

  test('that ends answers with nothing: the end of a text is put there', needsShared(llama3!), async () => {
    const { texts, format, tokenizer } = await of(
      '{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}',
    );
    expect(format.endId).toBe(tokenizer.endId);
    expect(texts[1]).toEqual([true, 'two<|end_of_text|>']);
  });

  test(
    'that leaves things out of earlier answers: only what the model still sees is learnt',
    needsShared(llama3!),
    async () => {
      const { texts } = await of(
        "{% for m in messages %}[{{ m.role }}]{{ m.content if loop.last or m.role == 'user' else '…' }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}",
      );
      expect(texts.filter(([learns]) => learns)).toEqual([[true, 'four<|end_of_text|>']]);
    },
  );

  test('that does not go on from where it asks is refused', needsShared(llama3!), async () => {
    await expect(of('{{ messages | length }}')).rejects.toMatchObject({ code: 'DL_BASE_UNSUPPORTED' });
  });

  test('that forbids a role says so', needsShared(llama3!), async () => {
    const forbids =
      "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system here') }}{% endif %}{{ m.content }}{% endfor %}";
    const { format } = await of(forbids);
    expect(() => format.opened([{ role: 'system', content: 'x' }])).toThrow(
      expect.objectContaining({ code: 'DL_CONVERSATION_UNFIT' }),
    );
  });
});
