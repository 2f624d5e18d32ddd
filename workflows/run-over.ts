import type { RunOutcome } from '../domain/run.ts';
import type { Listener } from './listen.ts';

/** Thrown by a stage that ends the run; the outcome says how. */
export class RunOver extends Error {
  readonly outcome: RunOutcome;
  constructor(outcome: RunOutcome) {
    super(outcome.sentence);
    this.outcome = outcome;
  }

  /** Something newer is known than what this run works on. */
  static superseded(listener: Listener, version: string | null): RunOver {
    const sentence = `Superseded by a newer finding: ${listener.superseded() ?? ''}`;
    return new RunOver(
      version === null ? { kind: 'skipped', sentence } : { kind: 'rejected', version, sentence },
    );
  }
}
