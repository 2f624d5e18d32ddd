import { promptOf } from '../../domain/conversation.ts';
import type { Conversation } from '../../domain/conversation.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { notAWriter } from '../../domain/writing.ts';
import type { Writer, WritingWish, Written } from '../../domain/writing.ts';
import type { Predict } from '../predict.ts';
import type { Begun } from './completion.ts';

export type Wanted = {
  conversation: Conversation;
  wish: WritingWish;
  context?: Readonly<Record<string, unknown>>;
};

type Told = {
  /** Each piece of the answer, as it comes. */
  onPiece: (piece: string, begun: Begun) => void;
  /** Ends the writing; the answer is then not in the log. */
  signal: AbortSignal;
};

/** Resolves with the whole answer when it is in the log. */
export type Write = (
  model: string,
  wanted: Wanted,
  told: Told,
) => Promise<{ begun: Begun; written: Written }>;

type Parts = { predict: Predict; writer: Writer; clock: () => number; atOnce: number };

/**
 * Has a conversation answered piece by piece: a prediction of one row, routed, counted and kept as any other, but not
 * gathered with others into one call. A challenger that fails before its first piece is replaced by the champion.
 */
export function createWrite({ predict, writer, clock, atOnce }: Parts): Write {
  let writing = 0;
  return async (model, { conversation, wish, context }, { onPiece, signal }) => {
    if (writing >= atOnce) throw busy(atOnce);
    let answer: { begun: Begun; written: Written } | null = null;
    let isSpoken = false;
    writing += 1;
    try {
      await predict(model, {
        rows({ name, task, input }) {
          if (task.kind !== 'generation') throw notAWriter(name);
          return [{ [Object.keys(input)[0]!]: promptOf(conversation) }];
        },
        ...(context === undefined ? {} : { context }),
        async answerWith(key, [asked]) {
          // Another version cannot go on with what one has begun to say.
          if (isSpoken) throw brokenOff(model);
          if (signal.aborted) throw hungUp(model);
          const { predictionId, version } = asked!;
          const begun = { predictionId, model, version, atMs: clock() };
          const written = await writer
            .write(key, conversation, wish, {
              signal,
              onPiece(piece) {
                isSpoken = true;
                onPiece(piece, begun);
              },
            })
            .catch((error: unknown) => {
              throw signal.aborted ? hungUp(model) : error;
            });
          answer = { begun, written };
          return [{ text: written.text }];
        },
      });
      return answer!;
    } finally {
      writing -= 1;
    }
  };
}

const busy = (atOnce: number) =>
  new DriftloopError('DL_WRITERS_BUSY', `${atOnce} answers are being written here already.`, {
    fix: 'Try again in a second, or start one more server.',
    retryable: true,
    status: 503,
  });

/** Nobody's fault: counted as such, and read by nobody. */
const hungUp = (model: string) =>
  new DriftloopError(
    'DL_CLIENT_GONE',
    `Whoever asked ${model} has hung up; the answer was not written to its end.`,
    {
      fix: 'Nothing is to be done.',
      status: 499,
    },
  );

const brokenOff = (model: string) =>
  new DriftloopError('DL_ANSWER_BROKEN_OFF', `${model} could not write its answer to the end.`, {
    fix: 'Ask again; the log of the server says what happened to the version.',
    retryable: true,
    status: 503,
  });
