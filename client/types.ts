import type { InstanceOf } from '../domain/config.ts';
import type { ErrorCode } from '../domain/error-codes.ts';
import type { Feature } from '../domain/input.ts';
import type { FeedbackMessage } from '../domain/messages.ts';
import type { DeclaredTask, TextOutput, ValueOutput } from '../domain/task.ts';

/** A config as `defineDriftloop` returns it, as far as a client cares. */
export type AnyConfig = { models: readonly object[] };
type Declared = { name: string; task: DeclaredTask; input: Record<string, Feature> };
type Models<C extends AnyConfig> = Extract<C['models'][number], Declared>;

/** The names that may be asked; any text where the config is not known. */
export type NameOf<C extends AnyConfig> = [Models<C>] extends [never] ? string : Models<C>['name'];
type Named<C extends AnyConfig, N> = Extract<Models<C>, { name: N }>;

/** What a model of a config takes as one row; any object where the config is not known. */
export type RowOf<C extends AnyConfig, N> = [Named<C, N>] extends [never]
  ? Readonly<Record<string, unknown>>
  : Readonly<InstanceOf<Named<C, N>>>;

type Scored<L extends string> = { scores: Readonly<Record<L, number>> };
type OutputOf<T> = T extends { kind: 'classification'; labels: readonly (infer L extends string)[] }
  ? { label: L } & Scored<L>
  : T extends { kind: 'multi-label'; labels: readonly (infer L extends string)[] }
    ? { labels: readonly L[] } & Scored<L>
    : T extends { kind: 'regression' }
      ? ValueOutput
      : TextOutput;
/** Where the task is not known, whatever one may answer. */
type AnyAnswer = Partial<
  { label: string; labels: readonly string[]; scores: Readonly<Record<string, number>> } & ValueOutput &
    TextOutput
>;

/** The answer to one row, with the id that feedback names and the version that gave it. */
export type AnswerOf<C extends AnyConfig, N> = { predictionId: string; version: string } & ([
  Named<C, N>,
] extends [never]
  ? AnyAnswer
  : OutputOf<Named<C, N>['task']>);

export type PredictOptions = {
  /** What is known beside the row, such as the entity of sticky routing; it is kept with the prediction. */
  context?: Readonly<Record<string, unknown>> | undefined;
  /** This version and no other, outside any trial; left out, the route chooses. */
  version?: string | undefined;
  signal?: AbortSignal | undefined;
};

/** What production says about one prediction. */
export type Feedback = Pick<FeedbackMessage, 'predictionId' | 'kind'> & {
  /** What turned out to be right; nothing with `retract`. */
  value?: unknown;
  /** The client makes one, so that a repeated request takes effect once. Give your own where you may call again. */
  feedbackId?: string;
  /** When it became known (RFC 3339); left out, when the server hears of it. */
  at?: string;
  /** Whose word it is; left out, `http`. */
  source?: string;
};

/** Why one item was not taken: `index` is its place in the call. */
export type FeedbackProblem = { index: number; code: ErrorCode; message: string; fix: string };

/** What became of the feedback of one call. */
export type FeedbackTaken = {
  /** The ids of the items that were taken, in their order. */
  accepted: readonly string[];
  /** The others, one by one; empty where all were taken. */
  problems: readonly FeedbackProblem[];
};

export type ClientOptions = {
  /** The address of `driftloop server`, such as `https://models.example.org`. */
  server: string;
  /** A token with the role client, or what gets one: it is asked before each request. */
  token: string | (() => string | Promise<string>);
  /** What one attempt may take, in ms; 10,000 where it is left out. */
  timeoutMs?: number;
  /** How often a request that failed for now is sent again; 3 where it is left out. */
  retries?: number;
  /** The longest pause between two attempts, in ms; 5,000. A server that asks for a longer one is not asked again. */
  maxPauseMs?: number;
  /**
   * Calls that come within `windowMs` of the first go out as one request of at most `maxRows` rows (256). Predictions
   * are joined with those of the same model, version and context. Left out, every call is a request.
   */
  batch?: { windowMs: number; maxRows?: number };
  /** Another `fetch` than the global one. */
  fetch?: (url: string, init: RequestInit) => Response | Promise<Response>;
};

export type Client<C extends AnyConfig = AnyConfig> = {
  /**
   * Asks a model, one answer a row in their order. Asking again is safe, and happens after a timeout: what was answered
   * to nobody stays in the log as a prediction without feedback.
   *
   * @throws {RequestFailed}
   */
  predict<const N extends NameOf<C>>(
    model: N,
    instances: readonly RowOf<C, N>[],
    options?: PredictOptions,
  ): Promise<AnswerOf<C, N>[]>;
  /**
   * Tells what turned out to be right. Resolves where at least one item was taken: `problems` names the others.
   *
   * @throws {RequestFailed} where none was
   */
  feedback(
    items: Feedback | readonly Feedback[],
    options?: { signal?: AbortSignal | undefined },
  ): Promise<FeedbackTaken>;
  /** Sends what waits for its window now; resolves when it has been answered. Before a process ends. */
  flush(): Promise<void>;
};
