import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { readTraceContext } from '../../domain/tracing.ts';
import type { Tracing } from '../../domain/tracing.ts';

/** Asked every few seconds by machines, about nothing. */
const isIdle = (path: string): boolean =>
  ['/healthz', '/readyz', '/metrics'].includes(path) || path.startsWith('/v2/health/');

/** A span for each request, a part of its caller's trace where the request says of which. */
export const traceRequests =
  (tracing: Tracing): MiddlewareHandler =>
  async (c, next) => {
    const { method, path } = c.req;
    if (isIdle(path)) return next();
    const { protocol, hostname, port } = new URL(c.req.url);
    const facts = {
      'http.request.method': method,
      'url.path': path,
      'url.scheme': protocol.slice(0, -1),
      'server.address': hostname,
      'server.port': port === '' ? null : Number(port),
      'user_agent.original': c.req.header('user-agent'),
    };
    const caller = readTraceContext(c.req.header('traceparent'), c.req.header('tracestate'));
    const about = { kind: 'server', facts, ...(caller === null ? {} : { parent: caller }) } as const;
    return await tracing.span(method, about, async (span) => {
      await next();
      // The last that matched answers; those before stand around it.
      const route = matchedRoutes(c).findLast((one) => !one.path.endsWith('*'))?.path;
      if (route !== undefined) span.rename(`${method} ${route}`);
      const { status } = c.res;
      span.add({ 'http.route': route, 'http.response.status_code': status });
      if (status < 500) return;
      span.add({ 'error.type': String(status) });
      span.fail(`answered with ${status}`);
    });
  };
