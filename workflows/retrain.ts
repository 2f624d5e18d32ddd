import {
  CancellationScope,
  ParentClosePolicy,
  TemporalFailure,
  allHandlersFinished,
  condition,
  executeChild,
  getExternalWorkflowHandle,
} from '@temporalio/workflow';
import { workflowIds } from '../domain/names.ts';
import type { RunOutcome, Trigger } from '../domain/run.ts';
import type { RunSettings } from '../activities/run-story.ts';
import { quick, scoring } from './activities.ts';
import { explainWithFix } from './explain-failure.ts';
import { findChallenger } from './find-challenger.ts';
import { handOver } from './hand-over.ts';
import { listen } from './listen.ts';
import type { AskOptions, Listener } from './listen.ts';
import { passGate } from './pass-gate.ts';
import { pause, resume } from './pausing.ts';
import { rollout } from './rollout.ts';
import { runFinished } from './run-finished.ts';
import { RunOver } from './run-over.ts';
import { storyOf } from './story.ts';
import { triage } from './triage.ts';

export type RetrainInput = { namespace: string; model: string; runId: string; trigger: Trigger };

/** What every stage of a run knows. */
export type RunContext = RetrainInput & {
  settings: RunSettings;
  tell: ReturnType<typeof storyOf>;
  listener: Listener;
  /** The challenger, from the moment at which there is one: whatever ends the run takes it off trial. */
  onTrial: { version: string | null };
};

/** One pass: from trigger to verdict to all traffic, or to a sentence that says why not. */
export async function retrain(input: RetrainInput): Promise<RunOutcome> {
  const { namespace, model, runId } = input;
  const listener = listen(runId);
  const onTrial = { version: null as string | null };
  let outcome: RunOutcome;
  try {
    const settings = await quick.beginRun(input);
    outcome = await pass({ ...input, settings, tell: storyOf(runId, 'run'), listener, onTrial });
  } catch (error) {
    if (error instanceof RunOver) outcome = error.outcome;
    else if (error instanceof TemporalFailure) outcome = { kind: 'failed', sentence: explainWithFix(error) };
    else throw error;
  }
  await CancellationScope.nonCancellable(async () => {
    if (onTrial.version !== null && outcome.kind !== 'promoted') {
      await quick.dismissChallenger({ model, runId, version: onTrial.version, because: outcome.sentence });
    }
    await quick.endRun({ runId, outcome });
    await condition(allHandlersFinished);
    // A supervisor that is not there looks at the run's row when it comes back.
    const supervisor = getExternalWorkflowHandle(workflowIds.supervise(namespace, model));
    await supervisor.signal(runFinished, { runId, outcome }).catch(() => {});
  });
  return outcome;
}

async function pass(run: RunContext): Promise<RunOutcome> {
  const { model, settings, tell, listener } = run;
  await tell('triage', run.trigger.reason, { trigger: run.trigger.kind });
  let found = await triage(run);
  if (settings.mode === 'suggest') {
    await askToTrain(run);
    // An answer may take days.
    found = await triage(run);
  }

  const challenger = await findChallenger(run, found);
  const { version, digest, champion } = challenger;
  const verdict = challenger.verdict ?? (await passGate(run, challenger));
  if (verdict.kind === 'reject') return { kind: 'rejected', version, sentence: verdict.sentence };

  const { isServable, sentence } = await scoring.checkServability({ model, challenger: { version, digest } });
  await tell('servability', sentence);
  if (!isServable) return { kind: 'rejected', version, sentence };

  await askToPromote(run, version);
  await listener.untilResumed();
  const { refit } = challenger;
  const because = verdict.sentence;
  return settings.handover == null
    ? await rollOut(run, refit, { version, champion, because })
    : await handOver(run, settings.handover, { version, digest, champion, because, refit });
}

/** In mode `suggest` nothing is trained without a person. */
async function askToTrain(run: RunContext): Promise<void> {
  const { runId, tell, listener, trigger } = run;
  const decision = await ask(run, `Suggests a training, because: ${trigger.reason}`, { isFinal: false });
  if (decision === null) throw RunOver.superseded(listener, null);
  await tell('triage', `${decision.by} ${decision.kind}s the training: ${decision.reason}`, { ...decision });
  if (decision.kind === 'approve') return;
  await quick.recordDecision({ runId, ...decision });
  throw new RunOver({
    kind: 'skipped',
    sentence: `Nothing is trained: ${decision.by} said no (${decision.reason}).`,
  });
}

/** Asked and told at once: whoever reads the question can answer it. */
async function ask({ tell, listener }: RunContext, question: string, options: AskOptions) {
  const [decision] = await Promise.all([
    listener.askPerson(question, options),
    tell('waiting-for-approval', `${question} Waits for a person.`),
  ]);
  return decision;
}

async function askToPromote(run: RunContext, version: string): Promise<void> {
  const { settings, tell, listener } = run;
  const { required, timeoutMs, onTimeout } = settings.approval;
  if (!required && settings.mode !== 'suggest') return;
  const within = onTimeout === 'reject' ? { withinMs: timeoutMs } : {};
  const decision = await ask(run, `May ${version} answer production?`, { isFinal: true, ...within });
  if (decision?.kind === 'approve') {
    return await tell('waiting-for-approval', `${decision.by} approves: ${decision.reason}`, { ...decision });
  }
  if (decision === null && listener.superseded() !== null) throw RunOver.superseded(listener, version);
  const sentence =
    decision === null
      ? `Nobody approved ${version} in time, and approval.onTimeout is "reject".`
      : `${decision.by} rejects ${version}: ${decision.reason}`;
  throw new RunOver({ kind: 'rejected', version, sentence });
}

async function rollOut(
  run: RunContext,
  refit: { onsetSeq: number; trainedAtSeq: number } | null,
  { version, champion, because }: { version: string; champion: string; because: string },
): Promise<RunOutcome> {
  const { namespace, model, runId, settings, listener } = run;
  const { configDigest, rollout: steps } = settings;
  const workflowId = workflowIds.rollout(namespace, model);
  // What is said to the run is said to its rollout, too.
  listener.onPause = (isPaused, by) => {
    void getExternalWorkflowHandle(workflowId)
      .signal(isPaused ? pause : resume, { by })
      .catch(() => {});
  };
  const ended = await executeChild(rollout, {
    workflowId,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    args: [{ model, runId, configDigest, version, champion, because, refit, ...steps }],
  });
  return ended.phase === 'champion'
    ? { kind: 'promoted', version, sentence: `${version} is the champion. ${because}` }
    : { kind: 'withdrawn', version, sentence: `${version} was withdrawn: ${ended.because}` };
}
