import type { Conversation } from '../../domain/conversation.ts';
import { count } from '../../domain/count.ts';
import type { ConversationFormat, WrittenText } from './conversation.ts';
import { cutText, lastAnswerOf } from './cut.ts';
import type { WrittenPair } from './preferences-tunable.ts';

type Row = Readonly<{ prompt: Conversation; answer: string; rejected: string | null }>;
type Parts<Text> = { train: Text[]; validation: Text[] };

/** Rows as tokens. */
export type LaidOut = (
  | ({ kind: 'answers' } & Parts<WrittenText>)
  | ({ kind: 'preferences' } & Parts<WrittenPair>)
) & {
  /** Tokens of the longest answer of the training rows, with its end. */
  longestAnswer: number;
  notes: string[];
};

/** Lays rows out as tokens, none longer than `longest`, and says what was cut off. */
export function layOut(
  format: ConversationFormat,
  { train, validation }: { train: readonly Row[]; validation: readonly Row[] },
  longest: number,
): LaidOut {
  const cuts = { given: 0, answer: 0 };
  let longestAnswer = 1;
  const text = (prompt: Conversation, answer: string): WrittenText => {
    const cut = cutText(format.written([...prompt, { role: 'assistant', content: answer }]), longest);
    if (cut.given > 0) cuts.given += 1;
    if (cut.answer > 0) cuts.answer += 1;
    longestAnswer = Math.max(longestAnswer, lastAnswerOf(cut.text).learns.filter(Boolean).length);
    return cut.text;
  };
  // What was said before is the same on both sides, and judges neither.
  const judged = (prompt: Conversation, answer: string) => lastAnswerOf(text(prompt, answer));
  const answersOf = (rows: readonly Row[]) => rows.map(({ prompt, answer }) => text(prompt, answer));
  const pairsOf = (rows: readonly Row[]) =>
    rows.map(({ prompt, answer, rejected }) => ({
      chosen: judged(prompt, answer),
      rejected: judged(prompt, rejected ?? ''),
    }));
  const isPreference = train.some(({ rejected }) => rejected !== null);
  const parts = isPreference
    ? { kind: 'preferences' as const, train: pairsOf(train), validation: pairsOf(validation) }
    : { kind: 'answers' as const, train: answersOf(train), validation: answersOf(validation) };
  return { ...parts, longestAnswer, notes: sayCuts(cuts, longest) };
}

const sayCuts = ({ given, answer }: { given: number; answer: number }, longest: number): string[] => [
  ...(given > 0
    ? [
        `${count(given)} prompts were longer than ${longest} tokens leave room for: they lost their beginning.`,
      ]
    : []),
  ...(answer > 0
    ? [`${count(answer)} answers were too long for ${longest} tokens: they lost their end.`]
    : []),
];
