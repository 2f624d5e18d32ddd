import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { missingFile, nullWhereMissing, parseJson } from '../models/weights-files.ts';
import { readChatTemplate } from './chat-template.ts';
import type { ChatTemplate } from './chat-template.ts';
import { createTokenizer } from './tokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';

/** A chat template in a file of its own, which comes before one in the tokenizer's config. */
export const CHAT_TEMPLATE_FILE = 'chat_template.jinja';

/**
 * The tokenizer of a base folder, and its chat template where it has one; `chatOf` makes one of a text, with the
 * tokens of this base.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING` without a `tokenizer.json`, `DL_BASE_INVALID`
 */
export async function readTokenizer(folder: string): Promise<{
  tokenizer: Tokenizer;
  chat: ChatTemplate | null;
  chatOf: (template: string) => ChatTemplate;
}> {
  const read = (name: string) => readFile(path.join(folder, name)).catch(nullWhereMissing);
  const [tokenizer, config, template] = await Promise.all([
    read('tokenizer.json'),
    read('tokenizer_config.json'),
    read(CHAT_TEMPLATE_FILE),
  ]);
  if (!tokenizer) throw missingFile(path.join(folder, 'tokenizer.json'));
  const settings = config ? parseJson('tokenizer_config.json', config) : {};
  return {
    tokenizer: createTokenizer(parseJson('tokenizer.json', tokenizer), settings),
    chat: readChatTemplate(settings, template && new TextDecoder().decode(template)),
    chatOf: (text) => readChatTemplate(settings, text)!,
  };
}
