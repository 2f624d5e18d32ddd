import type { Refit } from '../activities/canary.ts';
import type { RunSettings } from '../activities/run-story.ts';
import type { RunOutcome } from '../domain/run.ts';
import { delivering, quick, watching } from './activities.ts';
import type { RunContext } from './retrain.ts';

type Settled = { version: string; digest: string; champion: string; because: string; refit: Refit | null };
type Times = NonNullable<RunSettings['handover']>;

/**
 * A team serves the model itself: it is handed the version, and the version becomes champion when production answers
 * with it. Until then the old champion stays, its errors are its own, and this run is in flight, so that no other
 * begins.
 */
export async function handOver(run: RunContext, times: Times, settled: Settled): Promise<RunOutcome> {
  const { model, runId, settings, tell } = run;
  const { configDigest } = settings;
  const { version, digest, champion, because, refit } = settled;
  const at = new Date().toISOString();
  await tell('rollout', `${version} is handed over to the team that serves ${model}.`);
  const deliver = delivering(times.deliverWithinMs);
  await deliver.deliverVersion({ runId, model, configDigest, version, digest, champion, because, at });
  await tell('rollout', `${version} was taken. It becomes champion when production answers with it.`);

  const untilMs = Date.now() + times.deployWithinMs;
  for (;;) {
    const { isAnswering, sentence } = await watching.awaitProduction({
      model,
      configDigest,
      version,
      untilMs,
    });
    if (isAnswering) {
      await quick.promoteChallenger({ model, runId, configDigest, version, champion, because, refit });
      await quick.notePromoted({ runId });
      await tell('rollout', `Production answers with ${version}: ${sentence}.`);
      return { kind: 'promoted', version, sentence: `${version} is the champion. ${because}` };
    }
    if (Date.now() >= untilMs) {
      const late = `${version} was handed over, but production has not answered with it in time: ${sentence}.`;
      return { kind: 'withdrawn', version, sentence: late };
    }
  }
}
