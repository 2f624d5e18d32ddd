import { USUAL_TRIALS } from '../../domain/fine-tune-config.ts';
import type { OpenWish, SearchWish } from '../../domain/fine-tune-config.ts';
import type { SearchReport } from '../../domain/search-report.ts';
import { random } from '../random.ts';
import { runSearch } from './run-search.ts';
import { drawSettings } from './space.ts';
import type { Space, Tried } from './space.ts';
import { planRungs } from './successive-halving.ts';
import type { Rung } from './successive-halving.ts';
import { trialWish } from './trial-wish.ts';
import type { Trials } from './trials.ts';

/** So many are tried at most where only time is a limit. */
const MOST_TRIALS = 27;
/** A search by time is measured on the first trial: on this share of its epochs. */
const MEASURED_SHARE = 1 / 27;
/** The winner's last stretch is gone through once more, in the training that it gets. */
const REPEATED_SHARE = 1 / 3;
const SECONDS = 60;

export type SettingsSearch<Candidate> = {
  wish: SearchWish;
  /** The same one draws the same settings. */
  seed: number;
  space: Space;
  /** Complete settings out of what one trial wishes. */
  recommend: (wish: OpenWish) => Promise<Candidate>;
  /** Begins nothing yet. */
  open: (candidates: readonly Candidate[]) => Promise<Trials>;
  /** What was planned before an interruption; null: nothing was yet. */
  rungs?: readonly Rung[] | null;
  /** Before anything is tried but what says how much the time allows. */
  onPlanned?: (rungs: readonly Rung[], trials: Trials) => Promise<void>;
  /** Who may go on, after each rung. */
  onJudged?: (alive: readonly number[]) => void;
  say?: (sentence: string) => void;
};

export type SettingsFound<Candidate> = { winner: Candidate; report: SearchReport };

/**
 * Tries settings by successive halving, judged on the validation rows, within the budget. The best are those of an
 * ordinary training, which is still to come.
 */
export async function searchSettings<Candidate>({
  wish,
  seed,
  space,
  recommend,
  open,
  rungs: planned = null,
  onPlanned = async () => {},
  onJudged = () => {},
  say = () => {},
}: SettingsSearch<Candidate>): Promise<SettingsFound<Candidate>> {
  const began = performance.now();
  const { trials: mostTrials, minutes } = wish.budget;
  const most = mostTrials ?? (minutes === undefined ? USUAL_TRIALS : MOST_TRIALS);
  const tried = drawSettings(space, most, random(seed));
  const candidates: Candidate[] = [];
  for (const one of tried) candidates.push(await recommend(trialWish(wish, one)));
  const trials = await open(candidates);
  try {
    const rungs = planned ?? (await plan(trials, tried.length, minutes));
    await onPlanned(rungs, trials);
    say(sayRungs(rungs));
    const results = await runSearch({
      rungs,
      advance: (trial, epochs) => trials.advance(trial, epochs),
      onJudged,
      onResult: ({ trial, epochs, loss, score }) =>
        say(
          `  trial ${trial + 1}, ${sayTried(tried[trial]!)}: ` +
            (Number.isNaN(loss)
              ? 'no loss that is a number'
              : `validation loss ${loss.toFixed(3)}, score ${score.toFixed(3)} after ${epochs} epochs`),
        ),
    });
    return {
      winner: candidates[results[0]?.trial ?? 0]!,
      report: {
        seconds: (performance.now() - began) / 1000,
        trials: results.map(({ trial, epochs, loss, score }) => ({
          settings: sayTried(tried[trial]!),
          epochs,
          // JSON knows no NaN.
          loss: Number.isNaN(loss) ? null : loss,
          score: Number.isNaN(score) ? null : score,
        })),
      },
    };
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
  if (rungs.length === 1) return 'The budget is too small to try more than the recommended settings.';
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
