import { DriftloopError } from '../../domain/errors.ts';
import type { HubName } from './hub-name.ts';

/** The Hub's word for a model whose terms have to be accepted first. */
const GATED = 'GatedRepo';
const REVISION_UNKNOWN = 'RevisionNotFound';

/** What an answer other than a success means. The Hub says 401 of a model that is not there, too. */
export function refusedByHub(
  { repository, revision }: HubName,
  endpoint: string,
  response: Response,
  { withToken }: { withToken: boolean },
): DriftloopError {
  const { status, headers } = response;
  const says = headers.get('x-error-code');
  if (status === 404 && says === REVISION_UNKNOWN)
    return missing(
      `${repository} on ${endpoint} has no revision "${revision}".`,
      'Name a branch, a tag or a commit that is there.',
    );
  if (says === GATED)
    return missing(
      `${repository} may only be read by those who have accepted its terms (HTTP ${status}).`,
      `Accept them at ${endpoint}/${repository}, and set HF_TOKEN to a token of that account.`,
    );
  if (status === 401 || status === 403 || status === 404)
    return missing(
      withToken
        ? `There is no ${repository} on ${endpoint} that the token in HF_TOKEN may read (HTTP ${status}).`
        : `There is no public ${repository} on ${endpoint} (HTTP ${status}).`,
      withToken
        ? 'See that the name is right, and that the token is valid and may read it.'
        : 'See that the name is right; for a private model set HF_TOKEN.',
    );
  return new DriftloopError('DL_DOWNLOAD_FAILED', `${endpoint} answered HTTP ${status} for ${repository}.`, {
    fix: 'Try again later; what has come so far is kept.',
    retryable: true,
  });
}

const missing = (message: string, fix: string) => new DriftloopError('DL_BASE_MISSING', message, { fix });

/** Nobody answers: no network, a wrong address, a proxy in between. */
export const unreachableHub = ({ repository }: HubName, endpoint: string, cause: unknown): DriftloopError =>
  new DriftloopError(
    'DL_DOWNLOAD_FAILED',
    `${endpoint} cannot be reached for ${repository}: ${reason(cause)}.`,
    {
      fix: 'See that this address can be reached from here (HF_ENDPOINT names a mirror), or download the folder elsewhere and name that: --base DIR.',
      retryable: true,
      cause,
    },
  );

/** `fetch failed` says nothing; its cause does. */
const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
};
