import { z } from 'zod';

const chatMessageSchema = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });
export const conversationSchema = z.array(chatMessageSchema).min(1);

export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** What was said, in order. To learn from it ends with an answer of the assistant; to be answered it does not. */
export type Conversation = readonly ChatMessage[];

/**
 * A conversation as the one text that a row of a model that writes holds: what the user said, where nothing else was
 * said; the messages as JSON otherwise. So it is kept, scored again and learnt from as it was answered.
 */
export function promptOf(conversation: Conversation): string {
  const [first, ...others] = conversation;
  const isPlain = others.length === 0 && first?.role === 'user' && parsed(first.content) === null;
  return isPlain
    ? first.content
    : JSON.stringify(conversation.map(({ role, content }) => ({ role, content })));
}

/** The conversation that a prompt stands for; `conversationOf(promptOf(c))` is c. */
export const conversationOf = (prompt: string): Conversation =>
  parsed(prompt) ?? [{ role: 'user', content: prompt }];

/** Messages that were written down as JSON; null for any other text. */
function parsed(text: string): Conversation | null {
  if (!text.startsWith('[{')) return null;
  try {
    return conversationSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
