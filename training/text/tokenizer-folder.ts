import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { missingFile, nullWhereMissing, parseJson } from '../models/weights-files.ts';
import { readChatTemplate } from './chat-template.ts';
import type { ChatTemplate } from './chat-template.ts';
import { createTokenizer } from './tokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * The tokenizer of a base folder, and its chat template where it has one.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING` without a `tokenizer.json`, `DL_BASE_INVALID`
 */
export async function readTokenizer(
  folder: string,
): Promise<{ tokenizer: Tokenizer; chat: ChatTemplate | null }> {
  const read = (name: string) => readFile(path.join(folder, name)).catch(nullWhereMissing);
  const [tokenizer, config, template] = await Promise.all([
    read('tokenizer.json'),
    read('tokenizer_config.json'),
    read('chat_template.jinja'),
  ]);
  if (!tokenizer) throw missingFile(path.join(folder, 'tokenizer.json'));
  const settings = config ? parseJson('tokenizer_config.json', config) : {};
  return {
    tokenizer: createTokenizer(parseJson('tokenizer.json', tokenizer), settings),
    chat: readChatTemplate(settings, template && new TextDecoder().decode(template)),
  };
}
