import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { DriftloopError, ourError } from '../domain/errors.ts';
import type { RouteState, ServingLog } from './served-routes.ts';

/**
 * `{ error: { code, message, fix } }`, with the list of problems where there is one. Clients of other servers show the
 * text under `error` and nothing else: at their doors it is the message with its fix, and the code stands beside it.
 * Those of OpenAI show `error.message`.
 */
export function answerError(c: Context, error: DriftloopError): Response {
  if (error.status === 503 || error.status === 429) c.header('retry-after', '1');
  if (error.status === 401) c.header('www-authenticate', 'Bearer realm="driftloop"');
  return c.json(bodyOfError(c.req.path, error), error.status as ContentfulStatusCode);
}

/** In the words of those who come to this path. */
export function bodyOfError(path: string, error: DriftloopError) {
  const { code, message, fix, status } = error;
  if (path.startsWith('/v1/chat/')) {
    const type = status >= 500 ? 'server_error' : 'invalid_request_error';
    const param = 'param' in error ? error.param : null;
    return { error: { message: `${message} ${fix}`, type, param, code, fix } };
  }
  const problems = 'problems' in error && Array.isArray(error.problems) ? { problems: error.problems } : {};
  return isDoorOfOthers(path)
    ? { error: `${message} ${fix}`, code, fix, ...problems }
    : { error: { code, message, fix, ...problems } };
}

/** Whether only clients of the Open Inference Protocol or of TensorFlow Serving come to this path. */
const isDoorOfOthers = (path: string): boolean =>
  /^\/v2(\/|$)|^\/v1\/models\/[^/]+\/(versions|labels|metadata)(\/|$)/.test(path);

/** Errors of ours are answered as they are; anything else is a bug: logged whole, answered without its insides. */
export const errorHandler = (log: Pick<ServingLog, 'error'>) => (error: Error, c: Context) => {
  const known = asDriftloopError(error);
  const { code } = known;
  if (known.status >= 500)
    log.error({ err: error, code, path: c.req.path }, 'a request could not be answered');
  return answerError(c, known);
};

export const asDriftloopError = (error: unknown): DriftloopError =>
  ourError(error) ??
  new DriftloopError('DL_INTERNAL', 'The request could not be answered.', {
    fix: 'This is a bug of Driftloop or of the model; the log of the server has the details.',
    cause: error,
  });

export const unknownModel = (model: string, declared: readonly string[]) =>
  new DriftloopError('DL_UNKNOWN_MODEL', `There is no model "${model}".`, {
    fix:
      declared.length === 0
        ? 'No model is declared yet: `driftloop apply` declares those of a config.'
        : `Ask for one of ${declared.slice(0, 20).join(', ')}, or declare it with \`driftloop apply\`.`,
    status: 404,
  });

/** Which models there are is not known yet: not a mistake of whoever asks. */
export const notYetRead = () =>
  new DriftloopError('DL_STARTING', 'This server has not heard from PostgreSQL yet which models there are.', {
    fix: 'Try again in a moment; /readyz says what is missing.',
  });

/** Why nobody answers for a declared model: it has no champion, or its champion is on its way in, or does not load. */
export function noAnswer(model: string, { pending }: Pick<RouteState, 'pending'>): DriftloopError {
  const again = { status: 503, retryable: true };
  if (pending === null)
    return new DriftloopError('DL_NO_CHAMPION', `No version of ${model} answers yet.`, {
      fix: `\`driftloop model bootstrap ${model} --data FILE --label COLUMN\` trains the first champion.`,
      ...again,
    });
  const { version } = pending.route.champion;
  if (pending.problem === null)
    return new DriftloopError('DL_CHAMPION_LOADING', `${version} of ${model} is being loaded.`, {
      fix: 'Try again in a moment; /readyz says when it answers.',
      ...again,
    });
  return new DriftloopError(
    'DL_CHAMPION_NOT_LOADED',
    `${version} of ${model} could not be loaded: ${pending.problem}.`,
    {
      fix: `It is tried again by itself; \`driftloop version rollback ${model}\` goes back to the one before.`,
      ...again,
    },
  );
}

export const noSuchDoor = (c: Context) =>
  new DriftloopError('DL_NOT_FOUND', `There is nothing at ${c.req.method} ${c.req.path}.`, {
    fix: 'The doors are POST /v1/models/NAME:predict, POST /v1/feedback and GET /v1/models/NAME.',
    status: 404,
  });
