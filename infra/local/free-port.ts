import { randomInt } from 'node:crypto';
import getPort, { portNumbers } from 'get-port';

/** Below the ports that systems give to outgoing connections (Linux: from 32,768; others: from 49,152). */
const [LOWEST, HIGHEST] = [20_000, 32_000] as const;

/**
 * A port of this machine on which nobody listens, and which no outgoing connection is given before somebody does.
 *
 * @param preferred taken where it is free
 */
export function freePort(preferred?: number): Promise<number> {
  const from = randomInt(LOWEST, HIGHEST - 100);
  const some = [...(preferred === undefined ? [] : [preferred]), ...portNumbers(from, from + 100)];
  return getPort({ host: '127.0.0.1', port: some });
}
