import { DriftloopError } from '../../../domain/errors.ts';
import type { AnswerReport } from '../../../training/text-generation/evaluate-answers.ts';
import { evaluateAnswers, evenly } from '../../../training/text-generation/evaluate-answers.ts';
import { evaluatePreferences } from '../../../training/text-generation/evaluate-preferences.ts';
import type { PreferenceReport } from '../../../training/text-generation/evaluate-preferences.ts';
import type { Conversation } from '../../../domain/conversation.ts';
import type { OpenGenerator } from '../../../training/text-generation/open-generator.ts';
import type { Answering, Example } from '../offline-task.ts';
import { lengthSlice } from '../text/texts.ts';
import type { Asked } from './conversations.ts';

/** A version that writes, and what it began as. */
export type Writer = Answering<Asked> &
  Pick<OpenGenerator, 'score'> & {
    /** How firmly it was held to its base. */
    beta: number;
    /** Opens the base; null where it is not there any more. */
    openBase(): Promise<OpenGenerator | null>;
    /** The folder of the base. */
    base: string;
  };

/** The draws of the bootstrap; the same rows and answers give the same intervals. */
const SEED = 1;
/** Test rows that are answered: each takes as long as writing does. */
const ANSWERED_AT_MOST = 200;

/** What a version that writes scores on rows that it has not seen. */
export const testGeneration = (
  version: Writer,
  test: readonly Example<Asked>[],
): Promise<AnswerReport | PreferenceReport> =>
  test.some(({ input }) => input.rejected !== null)
    ? testPreferences(version, test)
    : testAnswers(version, test);

async function testAnswers(version: Writer, test: readonly Example<Asked>[]): Promise<AnswerReport> {
  const rows = test.map(({ input, label }) => withAnswer(input.prompt, label));
  const scores = await version.score(rows);
  const asked = evenly(test, ANSWERED_AT_MOST);
  const given = (await version.answer(asked.map(({ input }) => input))) as { text: string }[];
  return evaluateAnswers({
    scores,
    before: await ofBase(version, (base) => base.score(rows)),
    answers: asked.map(({ input, label }, i) => ({
      prompt: sayPrompt(input.prompt),
      expected: label,
      given: given[i]!.text,
      slices: slicesOf(input.prompt),
    })),
    seed: SEED,
  });
}

async function testPreferences(version: Writer, test: readonly Example<Asked>[]): Promise<PreferenceReport> {
  const rows = test.flatMap(({ input, label }) => [
    withAnswer(input.prompt, label),
    withAnswer(input.prompt, input.rejected ?? ''),
  ]);
  const pairs = (scores: Awaited<ReturnType<Writer['score']>>) =>
    test.map((_, i) => ({ chosen: scores[2 * i]!, rejected: scores[2 * i + 1]! }));
  const before = await ofBase(version, (base) => base.score(rows));
  if (before === null) throw noReference(version.base);
  return evaluatePreferences({
    pairs: test.map(({ input, label }) => ({
      prompt: sayPrompt(input.prompt),
      chosen: label,
      rejected: input.rejected ?? '',
      slices: slicesOf(input.prompt),
    })),
    scores: pairs(await version.score(rows)),
    before: pairs(before),
    beta: version.beta,
    seed: SEED,
  });
}

/** Asks the base, which is in memory only for that long. */
async function ofBase<T>(version: Writer, ask: (base: OpenGenerator) => Promise<T>): Promise<T | null> {
  const base = await version.openBase();
  if (base === null) return null;
  try {
    return await ask(base);
  } finally {
    base.dispose();
  }
}

const withAnswer = (prompt: Conversation, content: string): Conversation => [
  ...prompt,
  { role: 'assistant', content },
];

const lastOf = (prompt: Conversation): string => prompt.at(-1)?.content ?? '';
const slicesOf = (prompt: Conversation) => ({
  ...lengthSlice(lastOf(prompt)),
  ...(prompt.length === 1 ? {} : { turns: prompt.length > 3 ? 'more than two' : 'up to two' }),
});

/** One line a turn where there are several. */
const sayPrompt = (prompt: Conversation): string =>
  prompt.length === 1 ? lastOf(prompt) : prompt.map(({ role, content }) => `${role}: ${content}`).join('\n');

const noReference = (base: string) =>
  new DriftloopError(
    'DL_BASE_MISSING',
    `What a version has learnt to prefer is measured beside its base, and ${base} is not there any more.`,
    { fix: 'Put the base back there, or test on rows of { "prompt", "answer" }.' },
  );
