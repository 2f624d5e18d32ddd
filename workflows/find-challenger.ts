import type { Refit } from '../activities/canary.ts';
import type { RunPlan } from '../activities/plan-run.ts';
import type { Recalled } from '../activities/find-earlier-version.ts';
import type { RunTriage } from '../activities/triage.ts';
import { sayTraining } from '../domain/say-training.ts';
import type { Treatment } from '../domain/triage.ts';
import type { Verdict } from '../domain/verdict.ts';
import { quick, scoring } from './activities.ts';
import { fineTune } from './fine-tune.ts';
import { untilLabels } from './until-labels.ts';
import type { RunContext } from './retrain.ts';
import { RunOver } from './run-over.ts';
import { triage } from './triage.ts';

type TrainPlan = Extract<RunPlan, { kind: 'train' }>;
/** On which rows a challenger is held against the champion, and how strictly. */
export type Trial = Pick<TrainPlan, 'cutSeq' | 'onsetSeq' | 'isChosenByErrors' | 'gate'>;

/** A version on trial, and against whom. */
export type Challenger = {
  version: string;
  digest: string;
  champion: string;
  /** The growth refit that its promotion plans; an earlier version plans none. */
  refit: Refit | null;
} & (
  | { verdict: null; trial: Trial }
  /** Evidence that brought an earlier version back is the gate's evidence. */
  | { verdict: Extract<Verdict, { kind: 'promote' }>; trial: null }
);

/**
 * An earlier version if one fits the new rows; otherwise a new one, as soon as there are rows to learn from. What triage
 * found may look otherwise by then: it is asked again before anything is trained.
 */
export async function findChallenger(run: RunContext, found: RunTriage): Promise<Challenger> {
  const { model, runId, trigger, settings, tell, listener } = run;
  const { configDigest, holdAtMostMs } = settings;
  if (trigger.version !== undefined) return await tryRegistered(run, trigger.version);
  const untilMs = Date.now() + holdAtMostMs;
  if (found.recalled !== null) return await reuse(run, found.recalled);
  let told = '';
  for (let hasWaited = false; ; hasWaited = true) {
    const recalled = hasWaited ? await scoring.recallEarlierVersion({ runId, model, configDigest }) : null;
    if (recalled !== null) return await reuse(run, recalled);

    const plan = await quick.planRun({ model, configDigest, trigger });
    if (plan.kind === 'train') {
      await listener.untilResumed();
      const now = hasWaited ? await triage(run) : found;
      return now.recalled === null ? await train(run, plan, now.treatment) : await reuse(run, now.recalled);
    }
    if (plan.kind === 'obsolete') throw new RunOver({ kind: 'skipped', sentence: plan.sentence });

    if (plan.because !== told) await tell('waiting-for-labels', plan.sentence, { untilSeq: plan.untilSeq });
    told = plan.because;
    // Memory is asked again on the way: an earlier version may fit before there are rows enough to train.
    const untilSeq = Math.min(plan.untilSeq, plan.labelled + LABELS_BETWEEN_RECALLS);
    const labels = await untilLabels(run, { untilSeq, untilMs });
    if (labels === 'superseded') throw RunOver.superseded(listener, null);
    if (labels === 'expired') {
      const sentence = `Nothing is trained: the labels that it waited for did not come. ${plan.sentence}`;
      throw new RunOver({ kind: 'skipped', sentence });
    }
  }
}

const LABELS_BETWEEN_RECALLS = 25;

async function reuse({ model, runId, tell, onTrial }: RunContext, recalled: Recalled): Promise<Challenger> {
  const { version, digest, champion, sentence } = recalled;
  await quick.adoptEarlierVersion({ model, runId, version, sentence });
  onTrial.version = version;
  await tell('evaluating', `Nothing has to be trained. ${sentence}`, { ...recalled });
  return {
    version,
    digest,
    champion,
    refit: null,
    verdict: { kind: 'promote', by: 'evidence', sentence },
    trial: null,
  };
}

/**
 * A version that was made elsewhere, or whose evidence is not what it was: nothing is trained, it only has to prove itself
 * on the rows that come.
 */
export async function tryRegistered(
  { model, runId, tell, onTrial }: RunContext,
  name: string,
): Promise<Challenger & { trial: Trial }> {
  const { version, digest, champion, trial } = await quick.tryRegistered({ model, runId, version: name });
  onTrial.version = version;
  await tell(
    'evaluating',
    `${version} has to prove itself against ${champion}, on rows that neither has seen.`,
  );
  return { version, digest, champion, refit: null, verdict: null, trial };
}

async function train(run: RunContext, plan: TrainPlan, treatment: Treatment): Promise<Challenger> {
  const { model, runId, settings, tell, onTrial } = run;
  const { configDigest } = settings;
  const { fromSeq, cutSeq, onsetSeq, isRefit, champion } = plan;
  await tell('snapshot', plan.sentence, { ...plan });
  const snapshot = await scoring.cutSnapshot({
    runId,
    model,
    configDigest,
    fromSeq,
    cutSeq,
    onsetSeq,
    isRefit,
  });
  await tell('fine-tuning', snapshot.sentence, { ...snapshot });

  const snapshotId = snapshot.id;
  const tuned = await fineTune(run, snapshotId, treatment);
  const { version, digest } = await quick.registerChallenger({ model, runId, snapshotId, tuned });
  onTrial.version = version;
  await tell('evaluating', sayTraining(version, tuned.report), { version, ...tuned.report });
  // More rows would not change what is learnt of shares.
  const refit = treatment === 'recalibrate' ? null : { onsetSeq, trainedAtSeq: cutSeq };
  return { version, digest, champion, refit, verdict: null, trial: plan };
}
