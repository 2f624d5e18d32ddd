import type { Role } from './role.ts';
import type { Missing } from './wait-for.ts';

/**
 * What a role answers, whatever it is doing: alive from the first moment, not ready while it waits or leaves. Its own
 * doors open when it has started.
 */
export function createDoor({ missing, isLeaving }: { missing(): Missing[]; isLeaving(): boolean }) {
  let role: Role | null = null;
  const unready = (status: string, more: object = {}) => Response.json({ status, ...more }, { status: 503 });
  return {
    open(started: Role): void {
      role = started;
    },
    answer(request: Request): Response | Promise<Response> {
      const { pathname } = new URL(request.url);
      if (pathname === '/readyz') {
        if (isLeaving()) return unready('leaving');
        const waitingFor = missing();
        if (waitingFor.length > 0) return unready('waiting', { missing: sayAll(waitingFor), waitingFor });
        if (role === null) return unready('starting');
      }
      if (role !== null) return role.app.fetch(request);
      if (pathname === '/healthz') return Response.json({ status: 'alive' });
      if (pathname === '/metrics') return new Response('', { headers: { 'content-type': 'text/plain' } });
      return closed(missing());
    },
  };
}

const sayAll = (waitingFor: readonly Missing[]) => waitingFor.map(({ message }) => message).join('; ');

/** Every other door while the role starts. */
function closed(waitingFor: readonly Missing[]): Response {
  const error = {
    code: 'DL_STARTING',
    message:
      waitingFor.length === 0
        ? 'This is still starting.'
        : `This waits for ${waitingFor.map(({ what }) => what).join(' and ')}.`,
    fix: 'Try again in a moment; /readyz says what is missing, and `driftloop doctor` looks at every part.',
  };
  return Response.json({ error }, { status: 503, headers: { 'retry-after': '1' } });
}
