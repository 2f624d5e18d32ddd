import type { OpenWish, SearchWish } from '../../domain/fine-tune-config.ts';
import type { TrainingJob } from '../../domain/ports.ts';
import type { TrainingProgress } from '../../domain/run.ts';
import type { SearchReport } from '../../domain/search-report.ts';
import { openCheckpointFile } from '../checkpoints/checkpoint-file.ts';
import type { StateCodec } from '../checkpoints/checkpoint.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { searchInJob } from './search-in-job.ts';
import type { Space } from './space.ts';
import type { States, Trials, TrialSoFar } from './trials.ts';

/** Settings for a training, as far as they have to be known here. */
export type JobSettings = { seed: number };

export type Settling<Settings extends JobSettings, State, Head> = {
  job: Pick<TrainingJob, 'checkpoint' | 'outFolder'>;
  wish: OpenWish;
  recommend: (wish: OpenWish) => Promise<Settings>;
  /** What a search chooses from. */
  space: (wish: SearchWish) => Promise<Space>;
  /** Steps of a whole training. */
  stepsOf: (settings: Settings) => number;
  /** Trainings side by side, each of which says how it goes on its own. */
  open: (
    candidates: readonly Settings[],
    told: {
      states: States<State>;
      /** Where what is left behind goes. */
      scratch: string;
      known: readonly TrialSoFar[];
      onProgress: (progress: TrainingProgress) => void;
    },
  ) => Omit<Trials, 'close'>;
  codec: StateCodec<State, Head>;
  stepOf: (state: State) => number;
  /** Of everything that the training depends on, with these settings or this wish. */
  digest: (settings: object) => Promise<string>;
  onKept: () => void;
  onProgress: (progress: TrainingProgress) => void;
};

export type Settled<Settings, State> = {
  settings: Settings;
  /** Of the training with them. */
  checkpoints: Checkpoints<State> | undefined;
  /** Why a checkpoint that is there is not used; null where one is, or none is there. */
  note: string | null;
  /** How long the job was trained before it was interrupted; left out where no checkpoint is kept. */
  secondsBefore?: number;
  /** What the search took, and the step at which the job goes on: the training counts from there. */
  stepsBefore: number;
  resumedAtStep: number | null;
  /** Null where nothing was tried. */
  search: SearchReport | null;
};

/** Complete settings for a job: those that are recommended, or the best of those that a search tries first. */
export async function settle<Settings extends JobSettings, State, Head>(
  settling: Settling<Settings, State, Head>,
): Promise<Settled<Settings, State>> {
  const { job, wish, recommend, codec, stepOf, digest, onKept } = settling;
  if (wish.method === 'search') return await searchInJob(settling, wish);
  const settings = await recommend(wish);
  const kept =
    job.checkpoint && (await openCheckpointFile(job.checkpoint, codec, await digest(settings), onKept));
  const resumed = kept?.checkpoints.resumed ?? null;
  return {
    settings,
    checkpoints: kept?.checkpoints,
    note: kept?.note ?? null,
    ...(kept ? { secondsBefore: kept.secondsBefore } : {}),
    stepsBefore: 0,
    resumedAtStep: resumed && stepOf(resumed),
    search: null,
  };
}

type Before = Pick<
  Settled<unknown, unknown>,
  'note' | 'secondsBefore' | 'stepsBefore' | 'resumedAtStep' | 'search'
>;

/** Where a training with settled settings is, counted from the first step of its job. */
export const countedOn = <Place extends { step: number; steps: number }>(
  { stepsBefore, resumedAtStep }: Before,
  { step, steps, ...place }: Place,
) => ({ ...place, step: step + stepsBefore, steps: steps + stepsBefore, resumedAtStep });

/** What a job reports of such a training, with what came before it. */
export const reportedOn = <Report extends { steps: number; notes: readonly string[] }>(
  { note, secondsBefore, stepsBefore, resumedAtStep, search }: Before,
  { steps, notes, ...report }: Report,
) => ({
  ...report,
  steps: steps + stepsBefore,
  resumedAtStep,
  search,
  notes: [...notes, ...(note ? [note] : [])],
  ...(secondsBefore === undefined ? {} : { secondsBefore }),
});
