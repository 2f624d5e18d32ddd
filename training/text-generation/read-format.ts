import { readTokenizer } from '../text/tokenizer-folder.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { conversationFormat } from './conversation.ts';
import type { ConversationFormat } from './conversation.ts';
import type { Conversation } from '../../domain/conversation.ts';
import { plainTemplate } from './plain-templates.ts';

/**
 * How a base reads conversations: by its chat template, or where it has none by one that is as plain as the rows are.
 *
 * @param rows what it shall learn from
 * @returns also the template to keep, where the base had none
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function readFormat(
  folder: string,
  rows: readonly { prompt: Conversation }[] = [],
): Promise<{ tokenizer: Tokenizer; format: ConversationFormat; template: string | null }> {
  const { tokenizer, chat, chatOf } = await readTokenizer(folder);
  if (chat) return { tokenizer, format: conversationFormat(tokenizer, chat), template: null };
  const single = rows.every(({ prompt }) => prompt.length === 1);
  const template = plainTemplate(single ? 'prompt-and-answer' : 'named-turns', tokenizer);
  return { tokenizer, format: conversationFormat(tokenizer, chatOf(template)), template };
}
