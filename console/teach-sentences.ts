import type { Reason } from '../domain/teach.ts';
import type { Icon } from './run-state.ts';
import type { Buys, TeachView } from './teach-view.ts';
import { count, counted } from './wording.ts';

/** Why a row is asked about: a word, an icon and what lies behind it. */
export const reasonMarks: Readonly<Record<Reason, { icon: Icon; word: string; means: string }>> = {
  new: { icon: 'spark', word: 'new', means: 'unlike what it learnt from' },
  unsure: { icon: 'unknown', word: 'unsure', means: 'two answers almost tie' },
  disputed: { icon: 'dispute', word: 'disputed', means: 'people or versions differ' },
  chosen: { icon: 'person', word: 'chosen', means: 'a person picked them' },
  random: { icon: 'draw', word: 'drawn at random', means: 'these test, the others train' },
};

/** How long a person takes for one; twenty are four minutes. */
const SECONDS_EACH = 12;

export const thing = ({ textOf, imageOf }: Pick<TeachView, 'textOf' | 'imageOf'>): string =>
  textOf !== null ? 'message' : imageOf !== null ? 'picture' : 'row';

export function sayQueue(view: TeachView): string {
  const n = view.rows.length;
  if (n === 0) return 'Nothing worth your time now.';
  const first = Math.min(20, n);
  const minutes = Math.max(1, Math.round((first * SECONDS_EACH) / 60));
  const many = counted(n, thing(view), `${thing(view)}s`);
  return `${many} worth a human look. ${
    n > 20 ? 'The first 20 take' : n === 1 ? 'It takes' : 'They take'
  } about ${['', 'a minute', 'two minutes', 'three minutes', 'four minutes'][minutes]}.`;
}

/** The paragraph under "What your labels buy". */
export function sayBuys(
  buys: Buys | null,
  view: Pick<TeachView, 'champion'>,
): { bold: string; rest: string } {
  if (buys === null)
    return {
      bold: 'No test waits for labels.',
      rest: `What you label is learnt by the next version${
        view.champion === null ? '' : ` after ${view.champion}`
      }, and the rows drawn at random will judge it.`,
    };
  const more = Math.max(0, buys.settles - buys.now);
  return {
    bold: `${counted(more, 'more label', 'more labels')} would settle ${buys.challenger}’s quality.`,
    rest: 'They come by themselves in time; each one drawn at random brings that nearer.',
  };
}

export const sayCurve = ({ now, settles }: Buys): string =>
  `Chance that quality can be decided, by labels: ${count(now)} now, ${count(settles)} would settle it.`;

/** A queue of several models in one sentence. */
export function sayQueues(models: readonly { waiting: number }[]): string {
  const waiting = models.reduce((sum, one) => sum + one.waiting, 0);
  const filled = models.filter((one) => one.waiting > 0).length;
  if (waiting === 0) return 'Nothing worth your time now.';
  return `${counted(waiting, 'row is', 'rows are')} worth a human look, in ${counted(filled, 'model', 'models')}.`;
}

export const emptyQueue =
  'The queue fills when the model is unsure, people differ, or something new appears; and some rows are drawn at random.';
