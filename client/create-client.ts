import { createAsk, unexpected } from './ask.ts';
import type { Answered } from './ask.ts';
import { createGathering } from './gather.ts';
import type { Gathering, Send } from './gather.ts';
import { isObject, RequestFailed } from './request-failed.ts';
import type {
  AnyConfig,
  Client,
  ClientOptions,
  Feedback,
  FeedbackProblem,
  FeedbackTaken,
  PredictOptions,
} from './types.ts';

/**
 * A client of `driftloop server`: typed by a config where one is named, and in need of nothing but `fetch`. What fails
 * for now is sent again, with pauses that grow or as long as the server asks.
 *
 * @example
 * import type config from './driftloop.config.ts';
 * const driftloop = createClient<typeof config>({ server: 'http://127.0.0.1:8080', token });
 * const [answer] = await driftloop.predict('electricity', [{ nswprice: 0.05, day: '2' }]);
 */
export function createClient<C extends AnyConfig = AnyConfig>(options: ClientOptions): Client<C> {
  const ask = createAsk(options);
  const { batch } = options;
  const gatherings = new Map<string, Gathering<never, unknown>>();

  /** Sends at once, or together with what goes to the same door. */
  function sendTo<T, R>(door: string, send: Send<T, R>, items: readonly T[], signal?: AbortSignal) {
    if (batch === undefined) return send(items, signal ?? new AbortController().signal);
    const { windowMs, maxRows = 256 } = batch;
    const gathering = (gatherings.get(door) ??
      createGathering(send, {
        windowMs,
        maxItems: maxRows,
        // A context is seldom seen twice: what gathered its calls goes with the last of them.
        onIdle: () => gatherings.delete(door),
      })) as Gathering<T, R>;
    gatherings.set(door, gathering);
    return gathering.call(items, signal);
  }

  return {
    // What the server answers is checked for its shape; that a model answers by its config, the server has checked.
    predict: ((model: string, instances: readonly object[], { signal, ...asked }: PredictOptions = {}) => {
      if (instances.length === 0) return Promise.resolve([]);
      const path = `/v1/models/${encodeURIComponent(model)}${asked.version === undefined ? '' : `/versions/${encodeURIComponent(asked.version)}`}:predict`;
      const send: Send<object, object> = async (rows, until) => {
        const { context } = asked;
        return predictionsOf(
          path,
          await ask(path, { instances: rows, ...(context && { context }) }, until),
          rows.length,
        );
      };
      return sendTo(`${path} ${JSON.stringify(asked.context)}`, send, instances, signal);
    }) as Client<C>['predict'],

    async feedback(given, { signal } = {}) {
      const items = (Array.isArray(given) ? given : [given]) as readonly Feedback[];
      const named = items.map((item) => ({ ...item, feedbackId: item.feedbackId ?? crypto.randomUUID() }));
      if (named.length === 0) return { accepted: [], problems: [] };
      const path = '/v1/feedback';
      const send: Send<Feedback, Taken> = async (sent, until) => {
        try {
          return takenOf(sent.length, await ask(path, sent, until));
        } catch (error) {
          if (!(error instanceof RequestFailed) || error.code !== 'DL_FEEDBACK_INVALID') throw error;
          return takenOf(sent.length, { status: 400, body: { problems: error.problems } });
        }
      };
      return toldOf(named, await sendTo(path, send, named, signal));
    },

    async flush() {
      await Promise.all([...gatherings.values()].map((gathering) => gathering.flush()));
    },
  };
}

function predictionsOf(path: string, { status, body }: Answered, rows: number): readonly object[] {
  const predictions = isObject(body) ? body['predictions'] : undefined;
  if (!Array.isArray(predictions) || predictions.length !== rows)
    throw unexpected(path, status, JSON.stringify(body));
  return predictions as object[];
}

/** What became of one item: null where it was taken. */
type Taken = Omit<FeedbackProblem, 'index'> | null;

/** The server names what is wrong by its place; everything else it has taken. */
function takenOf(items: number, { body }: Answered): Taken[] {
  const problems = (isObject(body) ? (body['problems'] ?? []) : []) as readonly FeedbackProblem[];
  const taken: Taken[] = Array.from({ length: items }, () => null);
  for (const { index, ...problem } of problems) taken[index] = problem;
  return taken;
}

function toldOf(items: readonly { feedbackId: string }[], taken: readonly Taken[]): FeedbackTaken {
  const problems = taken.flatMap((problem, index) => (problem === null ? [] : [{ index, ...problem }]));
  const [first] = problems;
  if (first !== undefined && problems.length === items.length)
    throw new RequestFailed(first.code, `No item was accepted; the first: ${first.message}`, {
      fix: first.fix,
      status: 400,
      problems,
    });
  return {
    accepted: items.flatMap(({ feedbackId }, index) => (taken[index] === null ? [feedbackId] : [])),
    problems,
  };
}
