import type { Steering } from '../domain/rollout.ts';
import type { Ports } from './ports.ts';

export const createSteeringActivities = ({ audit }: Pick<Ports, 'audit'>) => ({
  /** Writes down who steered a rollout, and why. A repeat stands there twice: better than a word that stands nowhere. */
  async recordSteering({ model, runId, kind, by, via, reason }: Steering & { model: string }): Promise<void> {
    const spoken = { by, via: via ?? null, because: reason };
    await audit.append({ action: `${kind} rollout`, ...spoken, model, subject: runId });
  },
});
