import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { DriftloopError, ourError } from '../domain/errors.ts';
import type { ServingLog } from './served-routes.ts';

/** `{ error: { code, message, fix } }`, with the list of problems where there is one. */
export function answerError(c: Context, error: DriftloopError): Response {
  if (error.status === 503 || error.status === 429) c.header('retry-after', '1');
  if (error.status === 401) c.header('www-authenticate', 'Bearer realm="driftloop"');
  const problems = 'problems' in error && Array.isArray(error.problems) ? { problems: error.problems } : {};
  return c.json(
    { error: { code: error.code, message: error.message, fix: error.fix, ...problems } },
    error.status as ContentfulStatusCode,
  );
}

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

export const noChampion = (model: string, problem: string | null) =>
  new DriftloopError(
    'DL_NO_CHAMPION',
    problem === null
      ? `No version of ${model} answers yet.`
      : `No version of ${model} could be loaded: ${problem}.`,
    {
      fix: `\`driftloop model bootstrap ${model} --data FILE --label COLUMN\` trains the first champion.`,
      status: 503,
      retryable: true,
    },
  );
