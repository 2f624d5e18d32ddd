import { DriftloopError } from '../../domain/errors.ts';
import type { SearchWish } from '../../domain/fine-tune-config.ts';
import type { SearchReport } from '../../domain/search-report.ts';
import type { SaidSetting } from '../../training/search/say-settings.ts';
import { searchSettings } from '../../training/search/search-settings.ts';
import type { Prepared } from './describe-run.ts';
import type { CommonSettings, OfflineTask, Recommendation, Wish } from './offline-task.ts';

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

/** Tries settings on the training rows, judged on the validation rows; the test file has no part in it. */
export async function searchOffline<Input, Settings extends CommonSettings>(
  task: OfflineTask<Input, Settings>,
  { described, train, validation, oldSituation: old, fineTune }: Prepared<Input, Settings>,
  {
    wish,
    base,
    say,
    signal,
  }: { wish: SearchWish; base: string | null; say: (sentence: string) => void; signal: AbortSignal },
): Promise<Found<Settings>> {
  const rows = [...train, ...validation];
  const { winner, report } = await searchSettings<Recommendation<Settings>>({
    wish,
    seed: fineTune.seed,
    space: await task.search!.space(rows, described, { fineTune: wish, base }),
    recommend: (one) => task.recommend(rows, described, { base, old, fineTune: one }),
    open: (candidates) =>
      task.search!.open({
        described,
        candidates: candidates.map((candidate) => candidate.fineTune),
        train,
        validation,
        signal,
      }),
    say,
  });
  const settings = winner.settings.map((one) => won(one, report.trials.length));
  return { fineTune: winner.fineTune, settings, search: report };
}

/** What a search decides, by the names that settings are said under. */
const SEARCHED = ['method', 'learning rate', 'hidden layers'];

const won = (setting: SaidSetting, trials: number): SaidSetting =>
  SEARCHED.includes(setting.name) && trials > 1
    ? { ...setting, because: `the best of ${trials} that were tried` }
    : setting;
