import type { Log } from '../../domain/log-events.ts';
import type { Environment } from '../environment.ts';

/** Said aloud, so that nobody has it in production without knowing. */
export function sayLocalUser(log: Log, { localUser }: Pick<Environment, 'localUser'>): void {
  if (localUser !== null)
    log.warn({ localUser }, "whoever has the installation's token is one local user, who may do everything");
}
