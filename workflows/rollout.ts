import {
  CancellationScope,
  TemporalFailure,
  condition,
  defineSignal,
  setHandler,
} from '@temporalio/workflow';
import type { Refit } from '../activities/canary.ts';
import { advance, begin } from '../domain/rollout.ts';
import type { Judgement, Rollout, RolloutPlan } from '../domain/rollout.ts';
import { quick, watching } from './activities.ts';
import { explainFailure } from './explain-failure.ts';
import { pause, resume } from './pausing.ts';
import { storyOf } from './story.ts';

export type RolloutInput = {
  model: string;
  runId: string;
  configDigest: string;
  version: string;
  champion: string;
  /** What the gate said. */
  because: string;
  refit: Refit | null;
  plan: RolloutPlan;
  stepMs: number;
  inconclusiveAtMostMs: number;
};

/** Takes the challenger off the traffic at once, whatever the step. */
export const abort = defineSignal<[{ by: string; reason: string }]>('abort');

type Ended = Exclude<Rollout, { phase: 'canary' }>;

/** From verdict to all traffic, step by step; or back, with the champion never having left. */
export async function rollout(input: RolloutInput): Promise<Ended> {
  const heard = { abort: null as string | null, isPaused: false };
  const isAborted = () => heard.abort !== null;
  setHandler(abort, ({ by, reason }) => void (heard.abort = `${by} aborted it: ${reason}`));
  setHandler(pause, () => void (heard.isPaused = true));
  setHandler(resume, () => void (heard.isPaused = false));

  const { runId, version, plan } = input;
  const tell = storyOf(runId, 'rollout');
  let current = begin(plan);
  try {
    while (current.phase === 'canary') {
      const judgement = await takeStep(input, current, isAborted);
      await tell('rollout', judgement.sentence, { judgement: judgement.kind });
      current = advance(current, judgement, plan);
      // The kill switch holds a rollout where it is; a withdrawal goes on.
      if (current.phase !== 'withdrawn') await condition(() => !heard.isPaused || isAborted());
      if (heard.abort !== null) current = { phase: 'withdrawn', because: heard.abort };
    }
    if (current.phase === 'champion') await CancellationScope.nonCancellable(() => takeOver(input, tell));
  } catch (error) {
    // Anything else is a bug of ours: the task fails, and goes on when the code is mended.
    if (!(error instanceof TemporalFailure)) throw error;
    current = { phase: 'withdrawn', because: explainFailure(error) };
  }
  if (current.phase === 'withdrawn') {
    const { because } = current;
    await CancellationScope.nonCancellable(() =>
      quick.dismissChallenger({ model: input.model, runId, version, because: `withdrawn: ${because}` }),
    );
  }
  return current;
}

/** Puts the challenger on the step's share, lets it answer for a step, and judges until there is something to say. */
async function takeStep(
  input: RolloutInput,
  { share }: Extract<Rollout, { phase: 'canary' }>,
  isAborted: () => boolean,
): Promise<Judgement> {
  const { model, runId, configDigest, version, champion, because, stepMs, inconclusiveAtMostMs } = input;
  const step = { model, runId, configDigest, version, champion };
  const tell = storyOf(runId, `canary-${share}`);
  const generation = await quick.setShare({ ...step, share, because });
  await watching.awaitServers({ model, generation });
  await tell('rollout', `${version} answers ${Math.round(100 * share)} % of the requests.`, {
    share,
    generation,
  });

  const sinceMs = Date.now();
  await condition(isAborted, stepMs);
  for (;;) {
    const judgement = await quick.judgeStep({ ...step, sinceMs });
    if (judgement.kind !== 'inconclusive' || isAborted()) return judgement;
    const leftMs = sinceMs + stepMs + inconclusiveAtMostMs - Date.now();
    if (leftMs <= 0) {
      return { kind: 'failed', sentence: `Still undecided when the time was over. ${judgement.sentence}` };
    }
    await condition(isAborted, Math.min(stepMs, leftMs));
  }
}

async function takeOver(input: RolloutInput, tell: ReturnType<typeof storyOf>): Promise<void> {
  const { model, runId, configDigest, version, champion, because, refit } = input;
  const step = { model, runId, configDigest, version, champion };
  const generation = await quick.promoteChallenger({ ...step, because, refit });
  let isEverywhere = await watching.awaitServers({ model, generation });
  for (let more = 1; !isEverywhere && more < WAITS_FOR_SERVERS; more += 1) {
    isEverywhere = await watching.awaitServers({ model, generation });
  }
  await quick.notePromoted({ runId });
  const sentence = isEverywhere
    ? `${version} answers all requests.`
    : `${version} is the champion, but not every server has said that it serves it yet. Their logs tell why.`;
  await tell('rollout', sentence, { generation });
}

/** Some minutes: a scrape interval of a minute and a server that loads slowly have their place in it. */
const WAITS_FOR_SERVERS = 15;
