import type { ModelConfig } from '../domain/model-config.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import type { EvaluationRow, PolicyView } from '../domain/ports.ts';
import type { AnyOutput } from '../domain/task.ts';
import { estimateOnset } from '../monitors/onset.ts';
import { memoryWindow, pickEarlierVersion } from '../monitors/policy/earlier-version.ts';
import { onsetSeqOf } from '../monitors/policy/plan-training.ts';
import { answersOf } from './answers.ts';
import { goldenMatter } from './golden-rows.ts';
import { measureArtifact } from './measure-artifact.ts';
import type { Ports } from './ports.ts';
import type { LookMatter } from './report-look.ts';
import { reportMemory } from './report-memory.ts';
import { rightOf, scoredBy, scoredSet, tally, type Scored } from './scored-rows.ts';
import { answersDigest, testedOf } from './tested-rows.ts';

export type Recalled = { version: string; digest: string; champion: string; sentence: string };

export type MemoryPorts = Pick<
  Ports,
  'models' | 'versions' | 'examples' | 'golden' | 'runs' | 'predictor' | 'artifacts' | 'report'
>;

/** An earlier champion that fits what comes now, and the evidence for it. */
export type FoundEarlier = {
  recalled: Recalled;
  evaluation: EvaluationRow;
  scored: readonly Scored[];
  golden: LookMatter['golden'];
};

/**
 * Compares every earlier champion with the present one on the newest rows; it only reads.
 *
 * @returns null where regret has not reached its price, none fits, or a check of the gate blocks the one that does
 */
export async function findEarlierVersion(
  ports: MemoryPorts,
  config: ModelConfig,
  view: PolicyView,
): Promise<FoundEarlier | null> {
  const policy = regretPolicyOf(config);
  if (view.regret < policy.price) return null;
  const earlier = (await ports.versions.list(config.name)).filter(
    ({ version, role, promotedAt }) =>
      promotedAt !== null && role !== 'rejected' && version !== view.champion.version,
  );
  if (earlier.length === 0) return null;

  const onsetSeq = onsetSeqOf(estimateOnset(view.errors) ?? { index: 0 }, view.tookOverAtSeq);
  const window = memoryWindow({ labelled: view.labelled, onsetSeq }, policy);
  const rows = await ports.examples.range(config.name, window);
  const champion = await answersOf(ports, view.champion, rows);
  const answers = new Map<string, AnyOutput[]>();
  for (const version of earlier) answers.set(version.version, await answersOf(ports, version, rows));
  const sideOf = (said: readonly AnyOutput[]) => ({ right: rightOf(config.task, rows, said) });
  const theirs = sideOf(champion);
  const rivals = earlier.map(({ version }) => ({
    version,
    ...tally({ ours: sideOf(answers.get(version)!), theirs }),
  }));
  const picked = pickEarlierVersion(rivals, policy);
  const version = earlier.find((e) => e.version === picked?.version);
  if (picked === null || version === undefined) return null;
  const test = scoredSet(config.task, scoredBy(rows, answers.get(picked.version)!, champion));
  const golden = await goldenMatter(ports, config, {
    runId: null,
    challenger: version,
    champion: view.champion,
  });
  const matter = {
    test,
    golden,
    artifact: await measureArtifact(ports, version, rows, config.gate.artifact),
  };
  const report = await reportMemory(ports, config, { rivals, seed: 1, resamples: 2_000 }, matter);
  // It has to be known at once or not at all: what is open is no pass.
  if (report === null) return null;
  const { version: name, digest } = version;
  const champ = view.champion.version;
  return {
    recalled: { version: name, digest, champion: champ, sentence: picked.sentence },
    evaluation: { look: 0, challenger: name, champion: champ, ...report },
    scored: test.scored,
    golden,
  };
}

/** The evidence is the gate's evidence. Safe to repeat: a look keeps its first row. */
export async function keepRecalled(
  { runs }: Pick<Ports, 'runs'>,
  runId: string,
  { evaluation, scored, golden }: FoundEarlier,
): Promise<void> {
  const tested = testedOf(runId, scored, golden);
  const report = { ...evaluation.report, answersDigest: answersDigest(tested) };
  await runs.saveEvaluation(runId, { ...evaluation, report }, tested);
}
