import {
  CancellationScope,
  TemporalFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import type { Refit, Step } from '../activities/canary.ts';
import { waitMs } from '../domain/rollout-pace.ts';
import { advance, begin, isOnTrial, isSameStage, sayStage, stageOf, trafficOf } from '../domain/rollout.ts';
import type {
  Ended,
  OnTrial,
  Rollout,
  RolloutEvent,
  RolloutPlan,
  RolloutTimes,
  Traffic,
} from '../domain/rollout.ts';
import { quick, watching } from './activities.ts';
import { explainFailure } from './explain-failure.ts';
import { beginCourse, beginStage, keepSeen, timeOf } from './rollout-course.ts';
import type { Course } from './rollout-course.ts';
import { scoreInBackground } from './score-in-background.ts';
import type { Background } from './score-in-background.ts';
import { openDesk } from './steer.ts';
import type { Desk } from './steer.ts';
import { storyOf } from './story.ts';
import { placeOf, tellTurn } from './tell-rollout.ts';
import { watchUntil } from './watch-until.ts';

export type RolloutInput = Step & {
  /** What the gate said. */
  because: string;
  refit: Refit | null;
  plan: RolloutPlan;
  times: RolloutTimes;
  /** How it has gone, where its history had grown too long. */
  course?: Course;
};

/** What every part of a rollout knows. */
type Under = RolloutInput & {
  step: Step;
  course: Course;
  desk: Desk;
  arrivals: Background;
  tell: ReturnType<typeof storyOf>;
};

/** From verdict to all traffic, phase by phase; or back, with the champion never having left. */
export async function rollout(input: RolloutInput): Promise<Ended> {
  const { model, runId, configDigest, version, champion, plan } = input;
  const step = { model, runId, configDigest, version, champion };
  const course = input.course ?? beginCourse(Date.now());
  let current: Rollout = course.current ?? begin(plan);
  const desk = openDesk(input, {
    standing: () => ({
      runId,
      version,
      champion,
      rollout: current,
      since: new Date(course.sinceMs).toISOString(),
      seen: course.seen,
    }),
    circumstances: () => ({ ready: course.ready, frozen: course.frozen }),
    paused: course.paused,
  });
  const arrivals = scoreInBackground(step, course);
  const tell = storyOf(runId, course.chapter === 0 ? 'rollout' : `rollout-${course.chapter}`);
  const under: Under = { ...input, step, course, desk, arrivals, tell };
  try {
    while (isOnTrial(current)) {
      if (workflowInfo().continueAsNewSuggested && !desk.hasNews()) await goOnAnew(under, current);
      current = await takeTurn(under, current);
    }
    desk.close();
    if (current.phase === 'champion') await CancellationScope.nonCancellable(() => takeOver(under));
  } catch (error) {
    // Anything else is a bug of ours: the task fails, and goes on when the code is mended.
    if (!(error instanceof TemporalFailure)) throw error;
    current = { phase: 'withdrawn', because: explainFailure(error) };
  }
  desk.close();
  arrivals.stop();
  const ended: Ended = current;
  await CancellationScope.nonCancellable(async () => {
    if (ended.phase === 'withdrawn') {
      const because = `withdrawn: ${ended.because}`;
      await quick.dismissChallenger({ model, runId, version, because });
    }
    await condition(allHandlersFinished);
  });
  return ended;
}

/** Tells the servers where the rollout is, waits for the next event, and says where it is then. */
async function takeTurn(under: Under, current: OnTrial): Promise<Rollout> {
  const { course, desk, plan, tell } = under;
  await meet(under, current);
  const event = await nextEvent(under, current);
  if (event === null) return current;
  const after = advance(current, event, plan);
  await tellTurn(tell, course, { before: current, event, after });
  if (isOnTrial(after) && after.hold === null && current.hold !== null) course.waitsSinceMs = Date.now();
  // Who aborts at the last moment has aborted in time.
  const abort = desk.abort();
  return abort === null || event.kind === 'abort' ? after : advance(current, abort, plan);
}

/** Puts the challenger on what its state allows; a phase begins when the servers serve it. */
async function meet(under: Under, current: OnTrial): Promise<void> {
  const { model, version, because, step, course, desk, tell } = under;
  const traffic = trafficOf(current);
  const isNew = course.inForce === null || !isSameStage(course.inForce.stage, current);
  if (!isNew && isSameTraffic(course.inForce!.traffic, traffic)) return;
  const generation = await quick.setShare({ ...step, ...traffic, because });
  await watchUntil(() => watching.awaitServers({ model, generation }), desk.hasNews);
  if (isNew) {
    beginStage(course, Date.now());
    await tell('rollout', sayStage(version, current), { ...placeOf(current), generation });
  }
  course.inForce = { stage: stageOf(current), traffic };
}

const isSameTraffic = (one: Traffic, other: Traffic) => one.mode === other.mode && one.share === other.share;

/** What a person has said, or else what the next look sees; null where a look was left for a word. */
async function nextEvent(under: Under, current: OnTrial): Promise<RolloutEvent | null> {
  const { step, course, desk, arrivals, tell, times } = under;
  const said = desk.next();
  if (said !== null) return said;
  arrivals.poke();
  await condition(desk.hasNews, waitMs(course, current, times, Date.now()));
  const word = desk.next();
  if (word !== null) return word;
  const problem = arrivals.problem();
  if (problem !== null) await tell('rollout', problem);
  const { sinceMs, begunMs } = course;
  const look = { ...step, stage: course.inForce!.stage, sinceMs, begunMs, arrivals: course.arrivals };
  const watched = await watchUntil(() => quick.judgeStep(look), desk.hasNews);
  if (watched.kind === 'woken') return null;
  keepSeen(course, watched.answer, Date.now());
  const { judgement, ready, frozen } = watched.answer;
  return {
    kind: 'look',
    judgement,
    time: timeOf(course, current, times, Date.now()),
    ready,
    frozen: desk.paused() ?? frozen,
  };
}

/** A rollout may take weeks, and a history is only so long. Goes on here where somebody has said something. */
async function goOnAnew({ course, desk, arrivals, ...under }: Under, current: OnTrial): Promise<void> {
  await condition(allHandlersFinished);
  if (desk.hasNews()) return;
  arrivals.stop();
  const { step: _, tell: __, ...input } = under;
  const chapter = course.chapter + 1;
  await continueAsNew<typeof rollout>({
    ...input,
    course: { ...course, current, chapter, paused: desk.paused() },
  });
}

async function takeOver({ step, because, refit, tell }: Under): Promise<void> {
  const { model, runId, version } = step;
  const generation = await quick.promoteChallenger({ ...step, because, refit });
  let isEverywhere = await watching.awaitServers({ model, generation });
  for (let more = 1; !isEverywhere && more < WAITS_FOR_SERVERS; more += 1) {
    isEverywhere = await watching.awaitServers({ model, generation });
  }
  await quick.notePromoted({ runId });
  const sentence = isEverywhere
    ? `${version} answers all requests.`
    : `${version} is the champion, but not every server has said that it serves it yet. Their logs tell why.`;
  await tell('rollout', sentence, { generation, rollout: 'champion' });
}

/** Some minutes: a scrape interval of a minute and a server that loads slowly have their place in it. */
const WAITS_FOR_SERVERS = 15;
