import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { DriftloopError, ourError } from '../domain/errors.ts';
import type { Log } from '../domain/log-events.ts';
import { localPath } from './local-path.ts';
import { AgainPage, LoginPage, ProblemPage } from './pages/door-pages.tsx';

export type ConsoleLog = Pick<Log, 'error'>;

export const wholeDocument = (page: Child) => html`<!doctype html>${page}`;

export const notFound = (path: string): DriftloopError =>
  new DriftloopError('DL_NOT_FOUND', `There is nothing at ${path}.`, {
    fix: 'Begin at the fleet.',
    status: 404,
  });

/** Programs get JSON, people a page; a person without a session gets the way in. */
export function answerProblem(
  c: Context,
  error: Error,
  { log, teamLogin }: { log: ConsoleLog; teamLogin: boolean },
): Response | Promise<Response> {
  const known =
    ourError(error) ??
    new DriftloopError('DL_INTERNAL', 'The console could not answer.', {
      fix: 'The log of the console has the details.',
      cause: error,
    });
  const status = known.status as ContentfulStatusCode;
  const { code, message, fix } = known;
  if (known.status >= 500)
    log.error({ err: error, code, path: c.req.path }, 'a request could not be answered');
  const wantsPage = (c.req.header('accept') ?? '').includes('text/html') && !c.req.path.startsWith('/api/');
  if (!wantsPage) {
    if (status === 401) c.header('www-authenticate', 'Bearer realm="driftloop"');
    return c.json({ error: { code, message, fix } }, status);
  }
  if (status !== 401)
    return c.html(wholeDocument(<ProblemPage code={code} message={message} fix={fix} />), status);
  const isGet = c.req.method === 'GET';
  const url = new URL(c.req.url);
  const to = isGet && !url.pathname.startsWith('/login') ? localPath(url.pathname + url.search) : '/';
  return isGet && code === 'DL_UNAUTHORISED' && c.req.header('sec-fetch-site') === 'cross-site'
    ? c.html(wholeDocument(<AgainPage to={to} />))
    : c.html(
        wholeDocument(
          <LoginPage to={to} wrong={code === 'DL_UNAUTHORISED' ? null : message} teamLogin={teamLogin} />,
        ),
        401,
      );
}
