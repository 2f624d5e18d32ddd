/** A request that got no answer to use, after the last attempt. */
export class RequestFailed extends Error {
  /** Stable; docs/reference/errors.md says what each means. A newer server may know more of them than this client. */
  readonly code: string;
  readonly fix: string;
  /** The HTTP status; null where no answer came. */
  readonly status: number | null;
  /** Whether the same again may work later. */
  readonly retryable: boolean;
  /** How long the server asks to wait, in ms; null where it does not say. */
  readonly retryAfterMs: number | null;
  /** What is wrong with single instances, tensors or items, where the server says so. */
  readonly problems: readonly unknown[];

  constructor(
    code: string,
    message: string,
    about: {
      fix: string;
      status: number | null;
      retryAfterMs?: number | null;
      problems?: readonly unknown[];
      cause?: unknown;
    },
  ) {
    super(message, about.cause === undefined ? {} : { cause: about.cause });
    this.name = 'RequestFailed';
    this.code = code;
    this.fix = about.fix;
    this.status = about.status;
    this.retryable = about.status === null || mayComeBack.has(about.status);
    this.retryAfterMs = about.retryAfterMs ?? null;
    this.problems = about.problems ?? [];
  }
}

/** What is so for now: too many requests, a server or something before it that is away. A 500 is a bug, and stays one. */
const mayComeBack = new Set([408, 429, 502, 503, 504]);

/** What a refusal says: of Driftloop, of its doors for other protocols, or of something else on the way. */
export function refusalOf(path: string, answer: Response, text: string, now: number): RequestFailed {
  const body = parsed(text);
  const said = isObject(body) ? (isObject(body['error']) ? body['error'] : body) : {};
  const { code, message, fix, error, problems } = said;
  const about = {
    status: answer.status,
    retryAfterMs: pauseAsked(answer.headers.get('retry-after'), now),
    problems: Array.isArray(problems) ? (problems as unknown[]) : [],
  };
  if (typeof code === 'string')
    return new RequestFailed(code, String(message ?? error), { ...about, fix: String(fix) });
  return new RequestFailed('DL_REQUEST_REFUSED', `${path} answered ${answer.status}: ${text.slice(0, 200)}`, {
    ...about,
    fix: 'See what answers at this address: it is no Driftloop server, or something before it.',
  });
}

/** Seconds or a date, as HTTP has it. Null where there is none. */
function pauseAsked(header: string | null, now: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** A text as JSON; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
