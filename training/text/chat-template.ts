import { Template } from '@huggingface/jinja';
import { z } from 'zod';
import type { ChatMessage } from '../../domain/conversation.ts';
import { invalidBase } from '../models/unfit-base.ts';

/**
 * A conversation as the one text that a base was trained on.
 *
 * @param answers whether the text ends where the assistant's next answer begins
 */
export type ChatTemplate = (messages: readonly ChatMessage[], options: { answers: boolean }) => string;

const token = z
  .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
  .nullish();
const schema = z.looseObject({
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish(),
  bos_token: token,
  eos_token: token,
  pad_token: token,
  unk_token: token,
});

/**
 * The chat template of a base: Jinja in its `tokenizer_config.json`, or in a file of its own. Null where it has none.
 *
 * @param file the text of `chat_template.jinja`, which comes first where there is one
 * @throws {DriftloopError} `DL_BASE_INVALID` where it cannot be read; the template itself may throw on roles it forbids
 */
export function readChatTemplate(configJson: unknown, file: string | null): ChatTemplate | null {
  const parsed = schema.safeParse(configJson);
  if (!parsed.success) throw invalidBase('tokenizer_config.json has a chat template of the wrong kind');
  const { chat_template: given, bos_token, eos_token, pad_token, unk_token } = parsed.data;
  const named = Array.isArray(given) ? given.find(({ name }) => name === 'default')?.template : given;
  const source = file ?? named;
  if (!source) return null;
  const template = parse(source);
  return (messages, { answers }) =>
    template.render({
      messages,
      add_generation_prompt: answers,
      bos_token: bos_token ?? '',
      eos_token: eos_token ?? '',
      pad_token: pad_token ?? '',
      unk_token: unk_token ?? '',
    });
}

function parse(source: string): Template {
  try {
    return new Template(source);
  } catch (error) {
    throw invalidBase(`its chat template is no Jinja that is understood: ${(error as Error).message}`, error);
  }
}
