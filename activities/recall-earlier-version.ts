import { DriftloopError } from '../domain/errors.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import { estimateOnset } from '../monitors/onset.ts';
import { memoryWindow, pickEarlierVersion } from '../monitors/policy/earlier-version.ts';
import { onsetSeqOf } from '../monitors/policy/plan-training.ts';
import type { Output } from '../domain/task.ts';
import type { GateKind } from '../domain/verdict.ts';
import { evaluatePair } from '../training/evaluate.ts';
import { blockedBy } from '../training/gate/guardrails.ts';
import { answersOf } from './answers.ts';
import type { Ports } from './ports.ts';
import type { Registered } from './register.ts';
import { accuracyOf, digestOf, scoredBy, slicesOf, tally } from './scored-rows.ts';

export type Recalled = { version: string; digest: string; champion: string; sentence: string };

export type RegisteredTrial = Registered & {
  champion: string;
  trial: { cutSeq: number; onsetSeq: number; isChosenByErrors: boolean; gate: GateKind };
};

const isChampionAlready = (model: string, version: string) =>
  new DriftloopError('DL_CHALLENGER_IS_CHAMPION', `"${version}" is the champion of ${model} already.`, {
    fix: `Name another version: driftloop version list ${model}`,
    status: 409,
  });

/** Concept memory: does a version that was champion before fit the new regime? */
export const createMemoryActivities = (
  ports: Pick<Ports, 'models' | 'versions' | 'examples' | 'runs' | 'predictor' | 'artifacts'>,
) => ({
  /** Compares every earlier champion with the present one on the newest rows. Safe to repeat: it only reads. */
  async recallEarlierVersion(question: {
    runId: string;
    model: string;
    configDigest: string;
  }): Promise<Recalled | null> {
    const { runId, model, configDigest } = question;
    const config = await ports.models.getPinned(model, configDigest);
    const policy = regretPolicyOf(config);
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
    const answers = new Map<string, Output[]>();
    for (const version of earlier) answers.set(version.version, await answersOf(ports, version, rows));
    const rivals = earlier.map(({ version }) => ({
      version,
      ...tally(scoredBy(rows, answers.get(version)!, champion)),
    }));
    const picked = pickEarlierVersion(rivals, policy);
    const version = earlier.find((e) => e.version === picked?.version);
    if (picked === null || version === undefined) return null;
    // What blocks a new version blocks an old one, too.
    const scored = scoredBy(rows, answers.get(picked.version)!, champion);
    const slices = slicesOf(scored, config.gate.slices);
    if (blockedBy({ accuracy: accuracyOf(scored), slices }, config.gate) !== null) return null;
    const { version: name, digest } = version;
    const { sentence, eValue, tried } = picked;
    await ports.runs.saveEvaluation(runId, {
      look: 0,
      rows: rows.length,
      challenger: name,
      champion: view.champion.version,
      testDigest: digestOf(rows),
      report: {
        ...evaluatePair(config.task, rows, answers.get(name)!, champion, { slices: config.gate.slices }),
        gate: 'memory',
        evidence: tally(scored),
        eValue,
        tried,
        slices,
      },
      verdict: { kind: 'promote', by: 'evidence', sentence },
    });
    return { version: name, digest, champion: view.champion.version, sentence };
  },

  /**
   * Puts a version on trial that was registered by hand: from the next row on, strictly. Safe to repeat: the rows that
   * have come meanwhile only make it later.
   */
  async tryRegistered(wish: { model: string; runId: string; version: string }): Promise<RegisteredTrial> {
    const { model, runId, version: name } = wish;
    const { version, digest } = await ports.versions.get(model, name);
    const { champion, labelled } = await ports.examples.policyStanding(model);
    if (champion.version === version) throw isChampionAlready(model, version);
    await ports.versions.setRole(model, version, 'challenger');
    await ports.runs.update(runId, { version });
    const trial = {
      cutSeq: labelled,
      onsetSeq: labelled + 1,
      isChosenByErrors: false,
      gate: 'strict',
    } as const;
    return { version, digest, champion: champion.version, trial };
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
