import { createHmac } from 'node:crypto';
import { DriftloopError } from '../../domain/errors.ts';
import type { Webhook } from '../../domain/ports.ts';

/** What a receiver may take to answer; it should take the message and do the work later. */
const timeoutMs = 15_000;
/** The Standard Webhooks specification asks for 24 to 64 bytes. */
const leastBytes = 24;

/**
 * Posts messages signed as the Standard Webhooks specification says: `webhook-id`, `webhook-timestamp` and
 * `webhook-signature: v1,BASE64(HMAC-SHA256(secret, "id.timestamp.body"))`. Libraries in most languages verify it.
 *
 * @param readSecret the value of an environment variable
 */
export const createWebhook = (
  readSecret: (variable: string) => string | undefined,
  clock: () => number = Date.now,
): Webhook => ({
  async post({ url, secretEnv, id, body, contentType }) {
    const timestamp = String(Math.floor(clock() / 1_000));
    const signature =
      secretEnv === null
        ? null
        : sign(secretOf(secretEnv, readSecret(secretEnv)), `${id}.${timestamp}.${body}`);
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': contentType,
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          ...(signature === null ? {} : { 'webhook-signature': `v1,${signature}` }),
        },
        // Where a redirect leads has not been named by anybody.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      return { status: response.status };
    } catch (cause) {
      throw new DriftloopError('DL_WEBHOOK_UNREACHABLE', `${url} does not answer: ${reasonOf(cause)}.`, {
        fix: 'See that it runs and that the workers reach it; it is tried again by itself.',
        status: 502,
        retryable: true,
        cause,
      });
    }
  },
});

const sign = (secret: Buffer, content: string): string =>
  createHmac('sha256', secret).update(content).digest('base64');

/** `whsec_` and base64, as generators of such secrets write it; the prefix may be missing. */
function secretOf(variable: string, value: string | undefined): Buffer {
  const text = value?.replace(/^whsec_/, '') ?? '';
  const secret = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (secret.length >= leastBytes) return secret;
  const problem =
    value === undefined || value === ''
      ? 'is not set where the worker runs'
      : `is no secret of at least ${leastBytes} bytes in base64`;
  throw new DriftloopError('DL_WEBHOOK_SECRET', `${variable} ${problem}: nothing can be signed.`, {
    fix: `Set it, such as ${variable}="whsec_$(openssl rand -base64 32)", give the receiver the same, and start the worker anew.`,
    // Somebody sets it and starts the worker again: then the next try succeeds.
    retryable: true,
    status: 500,
  });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`;
  const inner = cause.cause instanceof Error ? cause.cause : cause;
  return inner.message === '' && 'code' in inner ? String(inner.code) : inner.message;
}
