import { DriftloopError } from '../domain/errors.ts';
import type { GateKind } from '../domain/verdict.ts';
import { findEarlierVersion, keepRecalled } from './find-earlier-version.ts';
import type { MemoryPorts, Recalled } from './find-earlier-version.ts';
import type { Registered } from './register.ts';

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
export const createMemoryActivities = (ports: MemoryPorts) => ({
  /**
   * Asked again while a run waits for labels; triage has asked first. Safe to repeat: it only reads, and keeps its
   * evidence once. Null where the config would rather train.
   */
  async recallEarlierVersion(question: {
    runId: string;
    model: string;
    configDigest: string;
  }): Promise<Recalled | null> {
    const { runId, model, configDigest } = question;
    const config = await ports.models.getPinned(model, configDigest);
    if (config.retrain.triage.recurring !== 'reuse') return null;
    const found = await findEarlierVersion(ports, config, await ports.examples.policyView(model));
    if (found === null) return null;
    await keepRecalled(ports, runId, found);
    return found.recalled;
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
