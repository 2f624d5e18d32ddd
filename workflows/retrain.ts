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
import { askPeople, whyVoid } from './ask-people.ts';
import { explainWithFix } from './explain-failure.ts';
import { findChallenger, tryRegistered } from './find-challenger.ts';
import { handOver } from './hand-over.ts';
import { listen } from './listen.ts';
import type { Listener } from './listen.ts';
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
  const { model, settings, tell } = run;
  await tell('triage', run.trigger.reason, { trigger: run.trigger.kind });
  let found = await triage(run);
  if (settings.mode === 'suggest') {
    await askToTrain(run);
    // An answer may take days.
    found = await triage(run);
  }

  let challenger = await findChallenger(run, found);
  const { version, digest } = challenger;
  let { verdict, nextLook } =
    challenger.verdict === null
      ? await passGate(run, challenger)
      : { verdict: challenger.verdict, nextLook: 1 };
  if (verdict.kind === 'reject') return { kind: 'rejected', version, sentence: verdict.sentence };

  const { configDigest } = settings;
  const { isServable, sentence, ...servability } = await scoring.checkServability({
    runId: run.runId,
    configDigest,
    model,
    challenger: { version, digest },
  });
  await tell('servability', sentence, servability);
  if (!isServable) return { kind: 'rejected', version, sentence };

  while ((await untilApproved(run, version)) === 'outdated') {
    const onTrial = challenger.trial === null ? await tryRegistered(run, version) : challenger;
    challenger = onTrial;
    ({ verdict, nextLook } = await passGate(run, onTrial, nextLook));
    if (verdict.kind === 'reject') return { kind: 'rejected', version, sentence: verdict.sentence };
  }
  const { champion, refit } = challenger;
  const because = verdict.sentence;
  return settings.handover == null
    ? await rollOut(run, refit, { version, champion, because })
    : await handOver(run, settings.handover, { version, digest, champion, because, refit });
}

/** In mode `suggest` nothing is trained without a person. */
async function askToTrain(run: RunContext): Promise<void> {
  const { listener, trigger } = run;
  const text = `Suggests a training, because: ${trigger.reason}`;
  // A suggestion stands until somebody answers it.
  const answer = await askPeople(run, { about: 'training', text, onTimeout: null });
  if (answer.kind === 'approved') return;
  if (answer.kind !== 'rejected') throw RunOver.superseded(listener, null);
  const sentence = `Nothing is trained: ${answer.by} said no (${answer.reason}).`;
  throw new RunOver({ kind: 'skipped', sentence });
}

/**
 * Holds until people have approved what is there, where the team wants them asked, and the model is not paused. Outdated:
 * what the gate looked at is not so any more, and it has to look again.
 */
async function untilApproved(run: RunContext, version: string): Promise<'approved' | 'outdated'> {
  const { settings, tell, listener } = run;
  const { required, onTimeout } = settings.approval;
  if (!required && settings.mode !== 'suggest') {
    await listener.untilResumed();
    return 'approved';
  }
  for (;;) {
    const text = `May ${version} answer production?`;
    const answer = await askPeople(run, { about: 'promotion', text, onTimeout });
    if (answer.kind === 'superseded') throw RunOver.superseded(listener, version);
    if (answer.kind === 'outdated') {
      await tell('evaluating', answer.sentence);
      return 'outdated';
    }
    if (answer.kind !== 'approved') {
      const sentence =
        answer.kind === 'rejected'
          ? `${answer.by} rejects ${version}: ${answer.reason}`
          : `Nobody approved ${version} in time, and approval.onTimeout is "${onTimeout}".`;
      throw new RunOver({ kind: 'rejected', version, sentence });
    }
    await listener.untilResumed();
    // A pause may have taken days.
    const why = await whyVoid(run);
    if (why === null) return 'approved';
    await tell(why.kind === 'outdated' ? 'evaluating' : 'waiting-for-approval', why.sentence);
    if (why.kind === 'outdated') return 'outdated';
  }
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
