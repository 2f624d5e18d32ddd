import type { Example, Partition } from './examples.ts';
import type { InputRow } from './input.ts';
import { PICKED } from './messages.ts';
import type { FeedbackMessage } from './messages.ts';
import type { Person } from './person.ts';

/**
 * Teaching: predictions that a person is asked about. Which, and why, is chosen by monitors/teach/; what the person says
 * is feedback like any other, and goes the same way.
 *
 * Picked rows are harder than the traffic, so their labels train and judge nothing. Only those that were drawn at random
 * may test, and they are drawn from the rows that are held out for life.
 */
export const reasons = ['new', 'unsure', 'disputed', 'chosen', 'random'] as const;
/** Why a row is in the queue: unlike what was, almost a tie, people or versions differ, a person chose it, or the draw. */
export type Reason = (typeof reasons)[number];

/** The partition that rows of a reason come from. */
export const partitionOf = (reason: Reason): Partition => (reason === 'random' ? 'holdout' : 'train');

/** Whose word a label is, as its feedback says it: that it was picked is part of it, wherever it goes. */
export const sourceOf = (by: string, reason: Reason): string =>
  `${reason === 'random' ? 'person:' : `${PICKED}person:`}${by}`;

/** A recent prediction as the choice sees it. */
export type TeachRow = Readonly<{
  predictionId: string;
  version: string;
  input: InputRow;
  /** The answer, as domain/answer-text.ts writes it. */
  answer: string;
  scores: Readonly<Record<string, number>>;
  partition: Example['partition'];
  atMs: number;
  /** Nobody has labelled it and nobody is asked about it. */
  isOpen: boolean;
}>;

/** A labelled row over which people differ. */
export type Dispute = Readonly<{
  predictionId: string;
  /** What was said, each word once. */
  said: readonly string[];
  people: number;
}>;

/** A row that was chosen, and why. */
export type ChosenRow = Readonly<{
  predictionId: string;
  reason: Reason;
  /** The same in a few words. */
  because: string;
  /** From 0 to 1 within its reason: how much a label is worth. */
  worth: number;
}>;

/** A row that waits for a person. */
export type QueueRow = ChosenRow &
  Readonly<{
    version: string;
    input: InputRow;
    answer: string;
    scores: Readonly<Record<string, number>>;
    context: Readonly<Record<string, unknown>> | null;
    /** When it was predicted and when it was chosen, RFC 3339. */
    at: string;
    pickedAt: string;
    /** Who chose it: `driftloop`, or who imported it. */
    pickedBy: string;
  }>;

/** `skip`: not by me; `unclear`: nobody can say; `undo`: takes an answer back. */
export const answerKinds = ['label', 'correction', 'rating', 'skip', 'unclear', 'undo'] as const;
export type AnswerKind = (typeof answerKinds)[number];

/** What a person says of a row. The same `id` again changes nothing. */
export type TeachAnswer = Readonly<{
  id: string;
  predictionId: string;
  kind: AnswerKind;
  /** As feedback says it; null where the kind says all, and the id of the answer that is taken back. */
  value: unknown;
  /** When it was said, RFC 3339: it may have waited on a device. */
  at: string;
}>;

/** What became of an answer. `gone`: nobody is asked about that row (any more). */
export type Taken = 'taken' | 'known' | 'gone';

/** What people have said since a moment. */
export type TeachTally = Readonly<{
  mine: number;
  team: number;
  /** What was answered and what it should have been, of those rows whose label has arrived; the same pair once. */
  told: readonly Readonly<{ answer: string; label: string; rows: number }>[];
  /** Rows that two people have answered, and on how many of them they agree. */
  twice: number;
  agreed: number;
}>;

/** The queue of rows that people are asked about, and what they say: an outbox to the topic of feedback. */
export interface TeachStore {
  /** Declared models, with how many rows wait by reason. */
  waiting(): Promise<Map<string, Partial<Record<Reason, number>>>>;
  /** The newest predictions, newest first. */
  recent(model: string, limit: number): Promise<TeachRow[]>;
  /** Rows among the newest labelled ones over which people differ, and whom nobody was asked about since. */
  disputes(model: string, limit: number): Promise<Dispute[]>;
  /**
   * Puts rows into the queue; those that are there stay as they are. Returns how many are new. A row whose partition does
   * not fit its reason is left out: nothing can make a picked row test, or an undrawn one.
   */
  enqueue(model: string, rows: readonly ChosenRow[], pickedBy: string): Promise<number>;
  /** Closes what need not be asked any more: labelled meanwhile, erased, older than `before`. */
  tidy(model: string, before: Date): Promise<number>;
  /** What waits for this person: without what they have passed over. In no order. */
  queue(model: string, by: string, limit: number): Promise<QueueRow[]>;
  /** Which of these rows are there, with all that `queue` knows of them, whoever is asked. */
  find(model: string, predictionIds: readonly string[]): Promise<QueueRow[]>;
  answer(model: string, by: Pick<Person, 'name' | 'via'>, answers: readonly TeachAnswer[]): Promise<Taken[]>;
  tally(model: string, by: string, since: Date): Promise<TeachTally>;
  /** Hands what was said and not yet sent to `send`, in order: at least once. One relay at a time; 0 for the others. */
  relay(limit: number, send: (messages: readonly FeedbackMessage[]) => Promise<void>): Promise<number>;
}
