import { count } from '../../domain/count.ts';
import type { OpenWish } from '../../domain/fine-tune-config.ts';
import type { SaidSetting } from '../search/say-settings.ts';
import { KEEP_NOTHING } from './keep-settings.ts';
import type { KeepSettings } from './keep-settings.ts';

/** What there is of what the base knew. */
export type OldSituation = Readonly<{
  /** Old rows to rehearse. */
  rows: number;
  /** Old rows to measure by. */
  golden: number;
  /** Whether the new rows have labels that the base knows: it goes on with the same task. */
  goesOn: boolean;
}>;

/**
 * What holds a training to what its base knew, where nobody says more: old rows are rehearsed; where there are none and
 * the labels are the same, the base's own answers and weights stand for them.
 */
export function recommendKeep(
  old: OldSituation | null,
  wish: OpenWish,
): { keep: KeepSettings; said: SaidSetting[] } {
  const { keep: usual, why } = usualKeep(old);
  // A wish that leaves something open leaves it as it is recommended.
  const asked = wish.keep ?? {};
  const keep: KeepSettings = {
    rehearsal: asked.rehearsal ?? usual.rehearsal,
    distillation: asked.distillation ?? usual.distillation,
    pull: asked.pull ?? usual.pull,
    ewc: asked.ewc ?? usual.ewc,
    interpolate: asked.interpolate ?? usual.interpolate,
  };
  if (old === null && wish.keep === undefined) return { keep, said: [] };
  return {
    keep,
    said: [
      {
        name: 'protection',
        value: sayKeep(keep),
        because: wish.keep === undefined ? why : 'it was asked for',
      },
    ],
  };
}

function usualKeep(old: OldSituation | null): { keep: KeepSettings; why: string } {
  if (old !== null && old.rows > 0)
    return {
      keep: { ...KEEP_NOTHING, rehearsal: 0.5, interpolate: old.golden > 0 },
      why: `${count(old.rows)} old rows are there, and nothing keeps better than seeing them again`,
    };
  if (old !== null && old.goesOn)
    return {
      keep: { ...KEEP_NOTHING, distillation: 1, pull: 1e-3, interpolate: old.golden > 0 },
      why: 'the base knows labels of these rows, and no old rows are there to rehearse: its own answers stand for them',
    };
  return { keep: KEEP_NOTHING, why: 'there is nothing old in these rows' };
}

function sayKeep({ rehearsal, distillation, pull, ewc, interpolate }: KeepSettings): string {
  const parts = [
    rehearsal > 0 && `${Math.round(100 * rehearsal)} % of the rows seen are old ones`,
    distillation > 0 && `the base's own answers count ${distillation} beside the labels`,
    pull > 0 && `weights are pulled back with ${pull}`,
    ewc > 0 && `weights that mattered are held with ${ewc}`,
    interpolate && 'weights between old and new are tried at the end',
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'none' : parts.join('; ');
}
