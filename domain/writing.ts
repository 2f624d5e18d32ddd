import type { Conversation } from './conversation.ts';
import { DriftloopError } from './errors.ts';

/** How an answer is to be written. */
export type WritingWish = {
  /** At most so many tokens; null: as many as the version was made for. */
  maxTokens: number | null;
  /** Draws each token by chance, the same for the same seed; null takes the likeliest, as a prediction does. */
  sampling: { temperature: number; topP: number; seed: number } | null;
  /** The first of these texts ends the answer, and is not part of it. */
  stops: readonly string[];
};

/** An answer, and why it ends there: it was at its end or met a stop, or it has got as long as it may. */
export type Written = {
  text: string;
  ended: 'stop' | 'length';
  tokens: { read: number; written: number };
};

/** What writes answers piece by piece. */
export interface Writer {
  /**
   * @param told each piece as soon as it is sure; a signal that stops the writing, which then throws its reason
   * @throws DL_VERSION_NOT_LOADED, DL_NOT_A_WRITER
   */
  write(
    key: string,
    conversation: Conversation,
    wish: WritingWish,
    told: { onPiece: (piece: string) => void; signal: AbortSignal },
  ): Promise<Written>;
}

/** @param who a model, or a version of it */
export const notAWriter = (who: string) =>
  new DriftloopError('DL_NOT_A_WRITER', `"${who}" writes no texts.`, {
    fix: 'Ask it for predictions at POST /v1/models/NAME:predict; conversations are for models with the task generation().',
  });
