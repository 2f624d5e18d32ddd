import type { Log } from '../../domain/log-events.ts';
import type { Tracing } from '../../domain/tracing.ts';
import type { Environment } from '../environment.ts';
import type { WaitFor } from './wait-for.ts';

export const roleNames = ['server', 'monitor', 'worker', 'worker-gpu', 'console'] as const;
export type RoleName = (typeof roleNames)[number];

/** A role that runs: what it serves, and how it ends. */
export type Role = {
  /** Serves at least /healthz, /readyz and /metrics. */
  app: { fetch(request: Request, ...rest: never[]): Response | Promise<Response> };
  /** Stops taking new work, finishes what it has, lets go of everything. */
  stop(): Promise<void>;
};

/** What a library says, in its own words. */
export type LibraryLog = Record<
  'debug' | 'info' | 'warn' | 'error',
  (fields: object, message: string) => void
>;

/** What a role is started with. */
export type Given = {
  environment: Environment;
  log: Log;
  libraryLog: LibraryLog;
  /** Null where traces are off. */
  tracing: Tracing | null;
  waitFor: WaitFor;
  /** Work beside the role's own start: where it cannot be done, the role ends. */
  beside(work: Promise<unknown>): void;
  /** Is aborted when the role is told to end, before it stops taking requests. */
  ending: AbortSignal;
};

/** Resolves when the role does its work; until then it is alive and not ready. */
export type StartRole = (given: Given) => Promise<Role>;
