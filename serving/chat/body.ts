import { z } from 'zod';
import type { Conversation } from '../../domain/conversation.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { WritingWish } from '../../domain/writing.ts';

const content = z.union([
  z.string(),
  z.array(
    z.object({ type: z.literal('text', 'must be text: this model reads nothing else'), text: z.string() }),
  ),
]);
const message = z.object({ role: z.enum(['system', 'developer', 'user', 'assistant']), content });
const only = (value: unknown, what: string) =>
  z
    .literal(value as string | number | boolean, `must be ${JSON.stringify(value)}, or left out: ${what}`)
    .nullish();
const notHere = (what: string) => z.null(`is not to be had here: ${what}`).optional();
const stop = z.string().min(1, 'must not be empty');
const count = z.int().positive();

/** A request as OpenAI's chat completions take it, with what is to be had here; what else there is has no effect. */
export const chatBody = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1, 'must have at least one message'),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: count.nullish(),
  max_completion_tokens: count.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  stop: z.union([stop, z.array(stop).max(4)]).nullish(),
  seed: z.int().nullish(),
  /** The context of the prediction: an entity that the config names is looked for here. */
  metadata: z.record(z.string(), z.string()).nullish(),
  n: only(1, 'one answer is written'),
  logprobs: only(false, 'scores of tokens are not told'),
  tools: notHere('a model writes texts and calls nothing'),
  functions: notHere('a model writes texts and calls nothing'),
  response_format: z.looseObject({ type: z.literal('text', 'must be "text"') }).nullish(),
});
export type ChatBody = z.infer<typeof chatBody>;

/** Draws need a seed each; any will do where nobody asks for the same answer again. */
const anySeed = () => Math.floor(Math.random() * 2 ** 31);

export const conversationIn = ({ messages }: ChatBody): Conversation =>
  messages.map(({ role, content: said }) => ({
    role: role === 'developer' ? 'system' : role,
    content: typeof said === 'string' ? said : said.map(({ text }) => text).join('\n'),
  }));

/** A temperature that is left out is 0: what is written is then what the model is judged by. */
export function wishIn(body: ChatBody): WritingWish {
  const { temperature, top_p: topP, seed, stop: stops } = body;
  return {
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    sampling: temperature ? { temperature, topP: topP ?? 1, seed: (seed ?? anySeed()) | 0 } : null,
    stops: typeof stops === 'string' ? [stops] : (stops ?? []),
  };
}

/** Names the first field that is wrong, as OpenAI does; the message has all of them. */
export class ChatBodyInvalid extends DriftloopError {
  readonly param: string;
  constructor({ issues }: z.ZodError) {
    const where = ({ path }: z.core.$ZodIssue) => path.join('.') || 'body';
    super(
      'DL_BODY_INVALID',
      `The body is no chat request: ${issues.map((issue) => `${where(issue)}: ${issue.message}`).join('; ')}.`,
      { fix: 'Send { "model": NAME, "messages": [ { "role": "user", "content": TEXT } ] }.' },
    );
    this.param = where(issues[0]!);
  }
}
