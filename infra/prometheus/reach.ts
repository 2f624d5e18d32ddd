import { DriftloopError, withoutPassword } from '../../domain/errors.ts';

/** Longer than a healthy server takes to answer. */
const PATIENCE_MS = 3_000;

/** @throws DL_PROMETHEUS_UNREACHABLE */
export const reachPrometheus = (url: string) =>
  reach(url, {
    name: 'Prometheus',
    code: 'DL_PROMETHEUS_UNREACHABLE',
    variable: 'DRIFTLOOP_PROMETHEUS_URL',
    about: 'api/v1/status/buildinfo',
    versionOf: (said) => (said as { data?: { version?: unknown } }).data?.version,
  });

/** @throws DL_ALERTMANAGER_UNREACHABLE */
export const reachAlertmanager = (url: string) =>
  reach(url, {
    name: 'Alertmanager',
    code: 'DL_ALERTMANAGER_UNREACHABLE',
    variable: 'DRIFTLOOP_ALERTMANAGER_URL',
    about: 'api/v2/status',
    versionOf: (said) => (said as { versionInfo?: { version?: unknown } }).versionInfo?.version,
  });

type Asked = {
  name: string;
  code: 'DL_PROMETHEUS_UNREACHABLE' | 'DL_ALERTMANAGER_UNREACHABLE';
  variable: string;
  about: string;
  versionOf(said: unknown): unknown;
};

/** Both are asked alike: /-/ready says whether they serve, another door which version they are. */
async function reach(url: string, { name, code, variable, about, versionOf }: Asked) {
  const base = new URL(url);
  const headers: Record<string, string> = base.username
    ? {
        authorization: `Basic ${Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`).toString('base64')}`,
      }
    : {};
  base.username = base.password = '';
  const root = base.href.replace(/\/$/, '');
  const ask = (path: string) =>
    fetch(`${root}/${path}`, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  try {
    const ready = await ask('-/ready');
    await ready.body?.cancel();
    // Others that speak its API (a store for many, behind a path) have no such door.
    const asked = ready.status === 404 ? await ask(about) : ready;
    if (!asked.ok) throw new Error(`it answered ${asked.status}`);
  } catch (cause) {
    throw new DriftloopError(
      code,
      `${name} at ${withoutPassword(url)} cannot be reached: ${innermost(cause)}`,
      {
        fix: `See that it runs and that ${variable} is its address; "driftloop doctor" checks it.`,
        cause,
      },
    );
  }
  // Ready without saying which it is, is ready all the same.
  const version = await ask(about)
    .then(async (answer) => versionOf(await answer.json()))
    .catch(() => null);
  return { version: typeof version === 'string' ? version : null };
}

const innermost = (error: unknown): string =>
  error instanceof Error
    ? error.cause instanceof Error
      ? innermost(error.cause)
      : error.message || String((error as NodeJS.ErrnoException).code)
    : String(error);
