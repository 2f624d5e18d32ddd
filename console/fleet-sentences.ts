import type { ModelView } from './model-view.ts';
import { waiting } from './sentences.ts';
import type { Lede } from './sentences.ts';
import { capital, listed } from './wording.ts';

const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const inWords = (n: number): string => words[n] ?? String(n);

/** Does anything need me? */
export function fleetLede(models: readonly Pick<ModelView, 'name' | 'health' | 'runs' | 'paused'>[]): Lede {
  if (models.length === 0)
    return {
      answer: 'No models yet.',
      why: 'Declare one in `driftloop.config.ts`; it appears here after `driftloop apply`.',
    };
  const decisions = models.reduce((sum, model) => sum + waiting(model).length, 0);
  const named = (word: string) => models.filter((m) => m.health.word === word).map((m) => m.name);
  const worse = named('worse');
  const suspected = named('suspected');
  const unknown = named('unknown');
  const steady = named('steady');
  const paused = models.filter((m) => m.paused).length;
  const say = (names: string[], one: string, many: string) =>
    names.length === 0
      ? []
      : [
          `${names.length <= 3 ? listed(names) : `${capital(inWords(names.length))} models`} ${names.length === 1 ? one : many}.`,
        ];
  const needs = [
    ...(decisions > 0
      ? [`${capital(inWords(decisions))} ${decisions === 1 ? 'decision waits' : 'decisions wait'} for you.`]
      : []),
    ...say(worse, 'is getting worse', 'are getting worse'),
  ];
  const rest = [
    ...say(suspected, 'may have changed', 'may have changed'),
    ...say(unknown, 'cannot be judged yet', 'cannot be judged yet'),
    ...(steady.length === 0
      ? []
      : [`${capital(inWords(steady.length))} ${steady.length === 1 ? 'model is' : 'models are'} steady.`]),
    ...(paused === 0 ? [] : [`Retraining is paused for ${inWords(paused)}.`]),
  ];
  return needs.length > 0
    ? { answer: needs.join(' '), why: rest.join(' ') }
    : { answer: 'Nothing needs you.', why: rest.join(' ') };
}
