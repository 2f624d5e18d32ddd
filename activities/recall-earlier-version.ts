import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import { estimateOnset } from '../monitors/onset.ts';
import { memoryWindow, pickEarlierVersion } from '../monitors/policy/earlier-version.ts';
import { onsetSeqOf } from '../monitors/policy/plan-training.ts';
import { answersOf, discordant } from './answers.ts';
import type { Ports } from './ports.ts';

export type Recalled = { version: string; digest: string; champion: string; sentence: string };

/** Concept memory: does a version that was champion before fit the new regime? */
export const createMemoryActivities = (
  ports: Pick<Ports, 'models' | 'versions' | 'examples' | 'runs' | 'predictor' | 'artifacts'>,
) => ({
  /** Compares every earlier champion with the present one on the newest rows. Safe to repeat: it only reads. */
  async recallEarlierVersion(question: { model: string; configDigest: string }): Promise<Recalled | null> {
    const { model, configDigest } = question;
    const policy = regretPolicyOf(await ports.models.getPinned(model, configDigest));
    const view = await ports.examples.policyView(model);
    if (view.regret < policy.price) return null;
    const earlier = (await ports.versions.list(model)).filter(
      ({ version, role, promotedAt }) =>
        promotedAt !== null && role !== 'rejected' && version !== view.champion.version,
    );
    if (earlier.length === 0) return null;

    const onsetSeq = onsetSeqOf(estimateOnset(view.errors) ?? { index: 0 }, view.tookOverAtSeq);
    const window = memoryWindow({ labelled: view.labelled, onsetSeq }, policy);
    const rows = await ports.examples.range(model, window);
    const champion = await answersOf(ports, view.champion, rows);
    const rivals = [];
    for (const version of earlier) {
      const answers = await answersOf(ports, version, rows);
      await ports.predictor.unload(version.digest);
      rivals.push({ version: version.version, ...discordant(rows, answers, champion) });
    }
    const picked = pickEarlierVersion(rivals, policy);
    const version = earlier.find((e) => e.version === picked?.version);
    if (picked === null || version === undefined) return null;
    const { version: name, digest } = version;
    return { version: name, digest, champion: view.champion.version, sentence: picked.sentence };
  },

  /** Puts a recalled version on trial. Safe to repeat: the same role and the same run. */
  async adoptEarlierVersion(adoption: {
    model: string;
    runId: string;
    version: string;
    sentence: string;
  }): Promise<void> {
    const { model, runId, version, sentence } = adoption;
    await ports.versions.setRole(model, version, 'challenger');
    await ports.runs.update(runId, { version, verdict: { kind: 'promote', by: 'evidence', sentence } });
  },
});
