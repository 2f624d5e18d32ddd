import path from 'node:path';
import type { SearchWish } from '../../domain/fine-tune-config.ts';
import { openCheckpointFile } from '../checkpoints/checkpoint-file.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { searchMeter } from './search-meter.ts';
import { searchSettings } from './search-settings.ts';
import { searchStateCodec } from './search-state.ts';
import type { SearchState } from './search-state.ts';
import type { JobSettings, Settled, Settling } from './settle.ts';
import { statesOnDisk } from './states-on-disk.ts';
import type { TrialSoFar } from './trials.ts';
import { waitingRoom } from './waiting-room.ts';

/**
 * A search in front of a training, in one job: after each stretch of a trial what was tried is kept, so that an
 * interruption costs the stretch that runs.
 */
export async function searchInJob<Settings extends JobSettings, State, Head>(
  settling: Settling<Settings, State, Head>,
  wish: SearchWish,
): Promise<Settled<Settings, State>> {
  const { job, recommend, codec } = settling;
  const kept =
    job.checkpoint &&
    (await openCheckpointFile(
      job.checkpoint,
      searchStateCodec(codec),
      await settling.digest(wish),
      settling.onKept,
    ));
  const before = kept?.checkpoints.resumed ?? null;
  const tried: TrialSoFar[] = [...(before?.tried ?? [])];
  let rungs = before?.rungs ?? null;
  let meter: ReturnType<typeof searchMeter> | null = null;
  let resumedAtStep: number | null = null;
  const disk = await statesOnDisk<State>(path.dirname(job.outFolder));
  const waiting = waitingRoom(disk, codec);
  const keepSoFar = async () => {
    if (kept && rungs !== null)
      await kept.checkpoints.keep({ rungs, tried, waiting: waiting.inMemory(), winner: null });
  };
  const search = searchSettings<Settings>({
    wish,
    seed: (await recommend(wish)).seed,
    space: await settling.space(wish),
    recommend,
    rungs,
    async open(candidates) {
      for (const [trial, state] of before?.waiting ?? []) await waiting.states.save(trial, state);
      const trials = settling.open(candidates, {
        states: waiting.states,
        scratch: disk.folder,
        known: [...tried],
        onProgress: (progress) => settling.onProgress({ ...steps.inAll(progress), resumedAtStep }),
      });
      const { stepsPerEpoch } = trials;
      const steps = searchMeter(tried, { stepsPerEpoch, whole: settling.stepsOf(candidates[0]!) });
      if (before !== null)
        resumedAtStep = steps.done() + (before.winner === null ? 0 : settling.stepOf(before.winner));
      meter = steps;
      return {
        ...trials,
        async advance(trial, epochs) {
          const isKnown = tried.some((one) => one.trial === trial && (one.epochs >= epochs || one.isOver));
          if (isKnown) return await trials.advance(trial, epochs);
          steps.begin(trial, epochs);
          const result = await trials.advance(trial, epochs);
          tried.push(result);
          await keepSoFar();
          return result;
        },
        close: async () => {},
      };
    },
    async onPlanned(planned) {
      rungs = planned;
      meter!.plan(planned);
    },
    onJudged: (alive) => waiting.keepOnly(alive),
  });
  let outcome: Awaited<typeof search>;
  try {
    outcome = await search;
  } finally {
    await disk.close();
  }
  const { winner, report } = outcome;
  const found = { rungs: rungs!, tried, waiting: new Map<number, State>() };
  return {
    settings: winner,
    checkpoints: kept && ofWinner(kept.checkpoints, found),
    note: kept?.note ?? null,
    ...(kept ? { secondsBefore: kept.secondsBefore } : {}),
    stepsBefore: meter!.done(),
    resumedAtStep,
    search: report,
  };
}

/** The checkpoints of the training with what was found, which stays beside it. */
const ofWinner = <State>(
  kept: Checkpoints<SearchState<State>>,
  found: Omit<SearchState<State>, 'winner'>,
): Checkpoints<State> => ({
  resumed: kept.resumed?.winner ?? null,
  isDue: (step) => kept.isDue(step),
  keep: (winner) => kept.keep({ ...found, winner }),
});
