import { setTimeout as pause } from 'node:timers/promises';
import type { Verification } from '../../activities/verify-run.ts';
import type { Dossier } from '../../console/dossier/dossier.ts';
import type { Explained } from '../../console/explain-run.ts';
import { voterOf } from '../../domain/approval.ts';
import type { Approval, BoundTo } from '../../domain/approval.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { everyModel, modelsWith } from '../../domain/person.ts';
import type { Right } from '../../domain/person.ts';
import type { EvaluationRow, RunEvent } from '../../domain/ports.ts';
import { reasonNeeded } from '../../domain/run-refusals.ts';
import type { Run } from '../../domain/run.ts';
import { triageOf } from '../../domain/triage.ts';
import type { ExportedRun } from './export-run.ts';
import type { Installation } from './installation.ts';

export type RunStory = Run & {
  triage: ReturnType<typeof triageOf>;
  story: (RunEvent & { at: string })[];
  evaluations: EvaluationRow[];
};

type DecisionWish = {
  /** A rejection has to have one. */
  reason?: string;
  /** The word of what was read, as the dossier has it; left out, the decision holds for what is there now. */
  boundTo?: string;
};

/** What was decided, and what it holds for. */
export type Decided = {
  runId: string;
  decision: 'approve' | 'reject';
  boundTo: BoundTo;
  boundWord: string;
};

type Watching = { everyMs?: number; signal?: AbortSignal };

/** Runs: passes of the retrain workflow, their story and approvals. */
export function runsOf({ stores, environment, admit, loop }: Installation) {
  const { runs } = stores;
  /** Who says something to a run, which is read first: its model says who may. */
  const speakTo = async (id: string, right: Right) => {
    const { model } = await runs.get(id);
    const person = await admit({ right, model });
    return { person, loop: await loop(), run: await runs.get(id) };
  };
  /** Whoever looks at a run may see its model. */
  const lookAt = async (id: string): Promise<Run> => {
    const run = await runs.get(id);
    await admit({ right: 'view', model: run.model });
    return run;
  };
  const decide =
    (kind: Decided['decision']) =>
    async (id: string, { reason = '', boundTo: word }: DecisionWish = {}): Promise<Decided> => {
      if (kind === 'reject' && reason.trim() === '') throw reasonNeeded('A rejection');
      const said = await speakTo(id, 'decide');
      const { boundTo, since } = await runs.approval(id);
      const [{ boundWordOf }, refusal] = await Promise.all([
        import('../../console/dossier/bound-word.ts'),
        word === undefined ? null : whyNotBound(id, word, { boundTo, since }),
      ]);
      const { name: by, roles } = voterOf(said.person, said.run.model);
      if (refusal !== null) {
        const { model } = said.run;
        const refused = { by, via: said.person.via, model, subject: id, because: reason || null };
        await stores.audit.append({ action: kind, ...refused, refused: refusal.code });
        throw refusal;
      }
      await said.loop.decide(said.run, { kind, by, via: said.person.via, roles, reason, boundTo });
      return { runId: id, decision: kind, boundTo, boundWord: boundWordOf(boundTo) };
    };

  return {
    /** The newest first, of the models that may be seen. Throws DL_UNKNOWN_MODEL. */
    async list({ model, limit = 20 }: { model?: string; limit?: number } = {}): Promise<Run[]> {
      const person = await admit(model === undefined ? undefined : { right: 'view', model });
      // Nobody has declared it, and so it has no runs: those are two answers.
      if (model !== undefined) await stores.models.get(model);
      const seen = model === undefined ? modelsWith(person, 'view') : [model];
      if (seen.includes(everyModel)) return runs.list({ limit });
      const found = (await Promise.all(seen.map((of) => runs.list({ model: of, limit })))).flat();
      return found.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(0, limit);
    },

    /** Throws DL_UNKNOWN_RUN. */
    async get(id: string): Promise<RunStory> {
      const run = await lookAt(id);
      const [story, evaluations] = await Promise.all([runs.story(id), runs.evaluations(id)]);
      return { ...run, triage: triageOf(story), story, evaluations };
    },

    /** What is told of a run, from its beginning until it is over. */
    async *watch(id: string, { everyMs = 1_000, signal }: Watching = {}) {
      await lookAt(id);
      for (let heard = 0; ;) {
        // In this order: what is told after the outcome was read is heard at the next look.
        const { outcome } = await runs.get(id);
        const story = await runs.story(id);
        for (const event of story.slice(heard)) yield event;
        heard = story.length;
        if (outcome !== null) return;
        await pause(everyMs, undefined, signal === undefined ? {} : { signal });
      }
    },

    /** What whoever decides has to know. */
    async dossier(id: string): Promise<Dossier> {
      await lookAt(id);
      const { readDossier } = await import('../../console/dossier/read-dossier.ts');
      return readDossier(stores, id);
    },

    /** Why it began, and why its challenger was promoted or not. Times are told in the zone. */
    async explain(
      id: string,
      { zone = 'UTC' }: { zone?: string } = {},
    ): Promise<{ run: Run; explained: Explained[] }> {
      const [{ readDossier }, { explainRun }] = await Promise.all([
        import('../../console/dossier/read-dossier.ts'),
        import('../../console/explain-run.ts'),
      ]);
      const run = await lookAt(id);
      const [story, dossier] = await Promise.all([runs.story(id), readDossier(stores, id)]);
      return { run, explained: explainRun({ run, story, dossier }, { now: Date.now(), zone }) };
    },

    /** Writes a run into an `mlruns` folder, as MLflow keeps it; the same run again replaces itself. */
    async export(id: string, { out }: { out: string }): Promise<ExportedRun> {
      await lookAt(id);
      const { exportRun } = await import('./export-run.ts');
      return exportRun({ stores, environment }, id, out);
    },

    /** Recomputes every verdict of a run from what is stored. */
    async verify(id: string): Promise<Verification> {
      await lookAt(id);
      const [{ verifyRun }, { judgeInThread }, { reportInThread }] = await Promise.all([
        import('../../activities/verify-run.ts'),
        import('../../infra/gate/judge-in-thread.ts'),
        import('../../infra/gate/report-in-thread.ts'),
      ]);
      return verifyRun({ ...stores, judge: judgeInThread, report: reportInThread }, id);
    },

    /**
     * Starts a run now. With a version nothing is trained: that one has to prove itself.
     *
     * @throws DL_RUN_IN_FLIGHT, DL_MODEL_PAUSED, DL_BUDGET_SPENT, DL_UNKNOWN_MODEL, DL_UNKNOWN_VERSION
     */
    async start(
      model: string,
      { reason, version }: { reason: string; version?: string },
    ): Promise<{ runId: string }> {
      const person = await admit({ right: 'start', model });
      const told = await loop();
      await stores.models.get(model);
      if (version !== undefined) await stores.versions.get(model, version);
      const request = {
        by: person.name,
        via: person.via,
        reason,
        ...(version === undefined ? {} : { version }),
      };
      return told.requestRun(model, request);
    },

    /**
     * A person's word for a challenger that waits for one; a yes needs no reason.
     *
     * @param wish.boundTo `boundWord` of the dossier that was read: then it holds for nothing else
     * @throws DL_REASON_NEEDED, DL_RUN_NOT_WAITING, DL_APPROVAL_VOID, DL_OPTION_INVALID where `boundTo` is no such word
     */
    approve: decide('approve'),
    reject: decide('reject'),

    /** Promotes a challenger that the gate holds, against the gate; it is marked for ever. Throws DL_RUN_NOT_HELD. */
    async force(id: string, { reason }: { reason: string }): Promise<{ runId: string; forced: true }> {
      const said = await speakTo(id, 'force');
      await said.loop.force(said.run, { by: said.person.name, via: said.person.via, reason });
      return { runId: id, forced: true };
    },
  };
}

/** Why a decision does not hold for what somebody has read; null where that is still there. */
async function whyNotBound(
  id: string,
  word: string,
  { boundTo, since }: Pick<Approval, 'boundTo' | 'since'>,
): Promise<DriftloopError | null> {
  const [{ changedSince }, { approvalVoid }] = await Promise.all([
    import('../../console/dossier/bound-word.ts'),
    import('../../infra/postgres/refusals.ts'),
  ]);
  const changed = changedSince(word, boundTo);
  if (changed === null)
    return new DriftloopError('DL_OPTION_INVALID', `"${word}" is not what a dossier says it holds for.`, {
      fix: `Copy the word after "A decision holds for" of: driftloop run show ${id} --dossier`,
    });
  return changed.length === 0 ? null : approvalVoid(id, changed, since);
}
