import type { Logger } from 'pino';
import type { Environment } from '../environment.ts';

export const roleNames = ['server', 'monitor', 'worker', 'worker-gpu', 'console'] as const;
export type RoleName = (typeof roleNames)[number];

/** A role that runs: what it serves, and how it ends. */
export type Role = {
  /** Serves at least /healthz, /readyz and /metrics. */
  app: { fetch(request: Request, ...rest: never[]): Response | Promise<Response> };
  /** Stops taking new work, finishes what it has, lets go of everything. */
  stop(): Promise<void>;
};

export type StartRole = (given: { environment: Environment; log: Logger }) => Promise<Role>;
