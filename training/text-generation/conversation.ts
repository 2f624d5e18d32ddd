import type { Conversation } from '../../domain/conversation.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { unsupportedBase } from '../models/unfit-base.ts';
import type { ChatTemplate } from '../text/chat-template.ts';
import type { Tokenizer } from '../text/tokenizer.ts';

/** A text, and which of its tokens are to be learnt. */
export type WrittenText = Readonly<{ ids: readonly number[]; learns: readonly boolean[] }>;

/** How conversations become tokens for one base. */
export type ConversationFormat = {
  /** All that was said. Every answer of the assistant is to be learnt, with the token that ends it; nothing else is. */
  written(conversation: Conversation): WrittenText;
  /** All that was said, up to where the next answer begins. */
  opened(conversation: Conversation): number[];
  /** What an answer ends with; null where the base has nothing for it. */
  endId: number | null;
};

type Part = { text: string; learns: boolean };

/**
 * Lays conversations out by the chat template of the base. Each answer is tokenised by itself, as it is when the model
 * writes it, and never together with what stands before.
 *
 * @throws {DriftloopError} `DL_BASE_UNSUPPORTED` for a template in which answers do not go on from where they are asked
 *   for; the functions throw `DL_CONVERSATION_UNFIT` for what the template forbids
 */
export function conversationFormat(tokenizer: Tokenizer, template: ChatTemplate): ConversationFormat {
  const tokens = (text: string) => tokenizer.encode(text, { special: false }).ids;
  const isSpecial = (id: number) =>
    tokenizer.decode([id]) === '' && tokenizer.decode([id], { special: true }) !== '';
  const sample = partsOf(template, [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
  ]);
  const own = tokens(sample.at(-1)!.text).find(isSpecial) ?? null;
  const endId = own ?? tokenizer.endId;

  const ofPart = ({ text, learns }: Part): WrittenText => {
    const ids = [...tokens(text), ...(learns && own === null && endId !== null ? [endId] : [])];
    const end = endId === null ? -1 : ids.indexOf(endId);
    return { ids, learns: ids.map((_, at) => learns && (end === -1 || at <= end)) };
  };
  const joined = (parts: readonly Part[]): WrittenText => {
    const texts = parts.map(ofPart);
    return { ids: texts.flatMap(({ ids }) => ids), learns: texts.flatMap(({ learns }) => learns) };
  };
  return {
    written: (conversation) => joined(partsOf(template, conversation)),
    opened: (conversation) => [
      ...joined([...partsOf(template, conversation), { text: '', learns: false }]).ids,
    ],
    endId,
  };
}

/** The text of a conversation in parts: what is given, an answer, what is given after that, and so on. */
function partsOf(template: ChatTemplate, conversation: Conversation): Part[] {
  let parts: Part[] = [];
  let before = '';
  const given = (until: number): string => {
    const prompt = rendered(template, conversation.slice(0, until), true);
    // Some templates leave thoughts out of earlier answers: what the model saw then, it does not see any more.
    if (!prompt.startsWith(before)) [parts, before] = [[], ''];
    parts.push({ text: prompt.slice(before.length), learns: false });
    return prompt;
  };
  for (const [at, { role }] of conversation.entries()) {
    if (role !== 'assistant') continue;
    const prompt = given(at);
    const through = rendered(template, conversation.slice(0, at + 1), false);
    if (!through.startsWith(prompt))
      throw unsupportedBase(
        'a chat template in which an answer does not go on from where it is asked for',
        'Take another base, or give it a chat_template.jinja of its own',
      );
    parts.push({ text: through.slice(prompt.length), learns: true });
    before = through;
  }
  if (conversation.at(-1)?.role !== 'assistant') given(conversation.length);
  return parts;
}

function rendered(template: ChatTemplate, messages: Conversation, answers: boolean): string {
  try {
    return template(messages, { answers });
  } catch (cause) {
    const roles = messages.map(({ role }) => role).join(', ');
    throw new DriftloopError(
      'DL_CONVERSATION_UNFIT',
      `The chat template of the base takes no conversation of ${roles}: ${(cause as Error).message}.`,
      { fix: 'Give conversations as the base knows them: user and assistant in turn, mostly.', cause },
    );
  }
}
