import type { SearchReport } from '../../console/report/report-data.ts';
import { USUAL_TRIALS } from '../../domain/fine-tune-config.ts';
import type { SearchWish } from '../../domain/fine-tune-config.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { random } from '../../training/random.ts';
import { runSearch } from '../../training/search/run-search.ts';
import type { SaidSetting } from '../../training/search/say-settings.ts';
import { drawSettings } from '../../training/search/space.ts';
import type { Tried } from '../../training/search/space.ts';
import { planRungs } from '../../training/search/successive-halving.ts';
import type { Rung } from '../../training/search/successive-halving.ts';
import { trialWish } from '../../training/search/trial-wish.ts';
import type { Prepared } from './describe-run.ts';
import type { CommonSettings, OfflineTask, Recommendation, Trials, Wish } from './offline-task.ts';

/** So many are tried at most where only time is a limit. */
const MOST_TRIALS = 27;
/** A search by time is measured on the first trial: on this share of its epochs. */
const MEASURED_SHARE = 1 / 27;
/** The winner's last stretch is gone through once more, in the training that it gets. */
const REPEATED_SHARE = 1 / 3;
const SECONDS = 60;

export type Found<Settings> = Recommendation<Settings> & { search: SearchReport };

/** Throws DL_TASK_UNFIT for a task that cannot search. */
export function refuseUnsearchable(
  { kind, search }: Pick<OfflineTask<unknown, CommonSettings>, 'kind' | 'search'>,
  { fineTune }: Wish,
): void {
  if (fineTune.method !== 'search' || search !== undefined) return;
  throw new DriftloopError('DL_TASK_UNFIT', `The task "${kind}" cannot search for settings.`, {
    fix: 'Leave out --search, or search() in the config: settings are recommended.',
  });
}

/**
 * Tries settings on the training rows by successive halving, judged on the validation rows, within the budget. The best
 * are those of an ordinary training, which is still to come.
 */
export async function searchSettings<Input, Settings extends CommonSettings>(
  task: OfflineTask<Input, Settings>,
  { described, train, validation, oldSituation: old, fineTune }: Prepared<Input, Settings>,
  {
    wish,
    base,
    say,
    signal,
  }: { wish: SearchWish; base: string | null; say: (sentence: string) => void; signal: AbortSignal },
): Promise<Found<Settings>> {
  const began = performance.now();
  const rows = [...train, ...validation];
  const { trials: mostTrials, minutes } = wish.budget;
  const space = await task.search!.space(rows, described, { fineTune: wish, base });
  const most = mostTrials ?? (minutes === undefined ? USUAL_TRIALS : MOST_TRIALS);
  const tried = drawSettings(space, most, random(fineTune.seed));
  const candidates: Recommendation<Settings>[] = [];
  for (const one of tried)
    candidates.push(await task.recommend(rows, described, { base, old, fineTune: trialWish(wish, one) }));
  const settingsOf = candidates.map((candidate) => candidate.fineTune);
  const trials = await task.search!.open({ described, candidates: settingsOf, train, validation, signal });
  try {
    const rungs = await plan(trials, tried.length, minutes);
    say(sayRungs(rungs));
    const results = await runSearch({
      rungs,
      advance: (trial, epochs) => trials.advance(trial, epochs),
      onResult: ({ trial, epochs, loss, score }) =>
        say(
          `  trial ${trial + 1}, ${sayTried(tried[trial]!)}: ` +
            (Number.isNaN(loss)
              ? 'no loss that is a number'
              : `validation loss ${loss.toFixed(3)}, score ${score.toFixed(3)} after ${epochs} epochs`),
        ),
    });
    const winner = results[0]?.trial ?? 0;
    const search: SearchReport = {
      seconds: (performance.now() - began) / 1000,
      trials: results.map(({ trial, epochs, loss, score }) => ({
        settings: sayTried(tried[trial]!),
        epochs,
        // JSON knows no NaN.
        loss: Number.isNaN(loss) ? null : loss,
        score: Number.isNaN(score) ? null : score,
      })),
    };
    const { fineTune: found, settings } = candidates[winner]!;
    return { fineTune: found, settings: settings.map((one) => won(one, results.length)), search };
  } finally {
    await trials.close();
  }
}

/** As many trials as there are settings, or as fit into the time. */
async function plan(trials: Trials, mostTrials: number, minutes: number | undefined): Promise<Rung[]> {
  const { epochs } = trials;
  if (minutes === undefined) return planRungs({ budget: Infinity, fullSteps: epochs, mostTrials });
  const measured = Math.ceil(epochs * MEASURED_SHARE);
  const began = performance.now();
  await trials.advance(0, measured);
  const secondsAnEpoch = (performance.now() - began) / 1000 / measured;
  const affordable = Math.floor((minutes * SECONDS) / secondsAnEpoch - epochs * REPEATED_SHARE);
  return planRungs({ budget: Math.max(epochs, affordable), fullSteps: epochs, mostTrials });
}

function sayRungs(rungs: readonly Rung[]): string {
  if (rungs.length === 1) return 'The time is too short to try more than the recommended settings.';
  const stages = rungs
    .slice(0, -1)
    .map(({ trials, steps }) => `${trials} for ${steps === 1 ? '1 epoch' : `${steps} epochs`}`);
  return `Trying settings: ${stages.join(', the best ')}; then the best of all from the beginning.`;
}

/** `lora, rank 8, learning rate 0.0002`. */
const sayTried = ({ method, learningRate, rank, hidden }: Tried): string =>
  [
    method,
    ...(rank === null ? [] : [`rank ${rank}`]),
    ...(hidden === null ? [] : [`hidden layers ${hidden.join('-')}`]),
    `learning rate ${Number(learningRate.toPrecision(2))}`,
  ].join(', ');

/** What a search decides, by the names that settings are said under. */
const SEARCHED = ['method', 'learning rate', 'hidden layers'];

const won = (setting: SaidSetting, trials: number): SaidSetting =>
  SEARCHED.includes(setting.name) && trials > 1
    ? { ...setting, because: `the best of ${trials} that were tried` }
    : setting;
