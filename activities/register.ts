import path from 'node:path';
import { describeVersion } from '../training/describe-version.ts';
import { readLearnt } from '../training/learnt-file.ts';
import type { FineTuned } from './fine-tune.ts';
import type { Ports } from './ports.ts';

export type Registration = { model: string; runId: string; snapshotId: string; tuned: FineTuned };
export type Registered = { version: string; digest: string };

/** Puts a trained challenger into the registry, and takes it off trial again. */
export const createRegistryActivities = (
  ports: Pick<Ports, 'versions' | 'routes' | 'runs' | 'artifacts' | 'checkpoints'>,
) => ({
  /**
   * Registers what was trained as challenger; its training will not have to go on any more. Safe to repeat: the same
   * run and digest give the same version.
   */
  async registerChallenger({ model, runId, snapshotId, tuned }: Registration): Promise<Registered> {
    const { digest, parent, report } = tuned;
    const folder = path.resolve(await ports.artifacts.open(digest));
    const { reference } = await describeVersion(folder);
    const { version } = await ports.versions.register({
      model,
      digest,
      parent,
      runId,
      snapshotId,
      trainSeconds: report.seconds,
      accuracyOnTest: null,
      reference,
      learnt: await readLearnt(folder),
    });
    await ports.runs.update(runId, { version, trainSeconds: report.seconds });
    await ports.checkpoints.remove(runId);
    return { version, digest };
  },

  /**
   * Takes a challenger off the traffic and off trial. Safe to repeat: what is off stays off. A version that was
   * champion before only goes back to rest; one that never was is rejected for good.
   */
  async dismissChallenger(dismissal: Dismissal): Promise<void> {
    await dismiss(ports, dismissal);
  },
});

export type Dismissal = { model: string; runId: string; version: string; because: string };

export async function dismiss(
  { versions, routes }: Pick<Ports, 'versions' | 'routes'>,
  { model, runId, version, because }: Dismissal,
): Promise<void> {
  const route = await routes.get(model);
  if (route?.challenger?.version === version) {
    await routes.setChallenger(model, null, { by: 'driftloop', because, runId });
  }
  const { role, promotedAt } = await versions.get(model, version);
  if (role !== 'challenger') return;
  await versions.setRole(model, version, promotedAt === null ? 'rejected' : 'retired');
}
