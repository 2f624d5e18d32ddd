import { milliseconds } from '../domain/duration.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import { isAboutTrouble, isWaiting } from '../domain/run.ts';
import type { FeatureDrift, LiveFigures, ModelView, RunView, EstimatedFigures } from './model-view.ts';
import { clockTime } from './times.ts';
import type { Clock } from './times.ts';
import {
  amount,
  capital,
  count,
  counted,
  lasting,
  listed,
  number,
  percent,
  rate,
  sentence,
  windowWords,
} from './wording.ts';

/** A page opens with one sentence that answers it, then one that explains. */
export type Lede = { answer: string; why: string };

/** The run that is under way, if one is. */
export const inMotion = (view: Pick<ModelView, 'runs'>): RunView | null =>
  view.runs.find((run) => run.endedAt === null && run.phase !== 'ended') ?? null;

/** Runs that wait for a person. */
export const waiting = (view: Pick<ModelView, 'runs'>): RunView[] => view.runs.filter(isWaiting);

/** `right 74 times in 100`; of numbers: `right within 80 in 74 of 100 cases`. */
export const rightTimes = (accuracy: number, { tolerance }: Pick<ModelView['task'], 'tolerance'>): string => {
  const times = Math.round(accuracy * 100);
  return tolerance === null
    ? `right ${times} times in 100`
    : `${sayWithin(tolerance)} in ${times} of 100 cases`;
};

/** How far off a right number may be: `right within 80`. */
export const sayWithin = (tolerance: number): string => `right within ${number(tolerance)}`;

/** Since when, how bad, why? */
export function modelLede(view: ModelView, clock: Clock): Lede {
  const { champion, live, health } = view;
  if (champion === null)
    return {
      answer: `No version of ${view.name} answers yet.`,
      why: `\`driftloop model bootstrap ${view.name} --data FILE --label COLUMN\` trains the first champion.`,
    };
  const since = champion.promotedAt === null ? '' : ` since ${clockTime(champion.promotedAt, clock)}`;
  const answers = `${champion.version} has answered${since}`;
  if (live.state === 'silent')
    return {
      answer: 'Prometheus does not answer, so there are no live figures.',
      why: `Stored history is below; ${answers}. \`driftloop doctor\` says more.`,
    };
  if (live.accuracy === null) return unlabelledLede(view, answers);
  if (health.word === 'unknown') return thinLede(view, { ...live, accuracy: live.accuracy }, answers);
  const over = `over the last ${windowWords(live.windowMs)}`;
  const moves = sayMotion(view);
  const explained = [...health.because.map(sentence), moves === null ? '' : capital(sentence(moves))];
  if (health.word === 'worse' || health.word === 'suspected') {
    const when = health.since === null ? '' : ` since ${clockTime(health.since, clock)}`;
    const happening = moves ?? sayRest(view);
    return {
      answer:
        health.word === 'worse'
          ? `Worse${when}. ${sayFall(view, live.accuracy)}; ${happening}.`
          : `Something may have changed${when}. Accuracy is ${rate(live.accuracy, 2)} ${over}; ${happening}.`,
      why: health.because.map(sentence).join(' ') || capital(sentence(answers)),
    };
  }
  const recovery = recoveredAt(view);
  const waits = waiting(view).length > 0 ? ` ${capital(moves ?? '')}.` : '';
  return {
    answer:
      recovery === null
        ? `Steady: ${rightTimes(live.accuracy, view.task)} ${over}.${waits}`
        : `Recovered at ${clockTime(recovery, clock)}: ${champion.version} took over, ${rightTimes(live.accuracy, view.task)} ${over}.${waits}`,
    why: [
      `${capital(answers)}; ${counted(live.labelledInWindow ?? 0, 'label')} in the window.`,
      ...(waits === '' ? explained : health.because.map(sentence)),
    ]
      .filter((text) => text !== '')
      .join(' '),
  };
}

/** Why no run is under way. */
function sayRest({ paused, budget }: ModelView): string {
  if (paused) return 'retraining is paused';
  return budget?.isSpent === true ? 'no run begins, the training budget is spent' : 'no run is under way';
}

/** There are figures, and they say nothing. */
function thinLede(
  { health }: ModelView,
  { accuracy, labelledInWindow, windowMs }: LiveFigures & { accuracy: number },
  answers: string,
): Lede {
  const labels = Math.round(labelledInWindow ?? 0);
  if (health.because.length > 0)
    return {
      answer: 'Its quality is unknown.',
      why: [...health.because, answers].map(sentence).map(capital).join(' '),
    };
  return {
    answer: `${counted(labels, 'label')} in the last ${windowWords(windowMs)}: too few to say how good it is.`,
    why: `It was right on ${count(Math.round(accuracy * labels))} of them. ${capital(sentence(answers))}`,
  };
}

function unlabelledLede(view: ModelView, answers: string): Lede {
  const live = view.live.state === 'answers' ? view.live : null;
  const predictions = live?.predictions ?? 0;
  if (view.labelled > 0)
    return {
      answer: `No labels for ${view.champion?.version ?? 'it'} in the last ${windowWords(live?.windowMs ?? 0)}, so its quality is unknown.`,
      why: `${counted(view.labelled, 'label')} in all. ${capital(answers)}.`,
    };
  if (predictions === 0)
    return {
      answer: `${view.champion?.version ?? 'It'} is ready. No predictions yet.`,
      why: `They appear here seconds after \`POST /v1/models/${view.name}:predict\`.`,
    };
  return {
    answer: `${counted(predictions, 'prediction')}, no labels yet.`,
    why: 'Realized accuracy appears with the first labels (`POST /v1/feedback`); until then its quality is unknown.',
  };
}

/** The accuracy that the champion promised: on the rows after it took over, else on its test. */
export const promised = ({ champion }: Pick<ModelView, 'champion'>): number | null =>
  champion === null
    ? null
    : champion.referenceErrorRate === null
      ? champion.accuracyOnTest
      : 1 - champion.referenceErrorRate;

function sayFall(view: ModelView, accuracy: number): string {
  const before = promised(view);
  return before !== null && before - accuracy >= 0.005
    ? `Accuracy fell from ${rate(before, 2)} to ${rate(accuracy, 2)}`
    : `Accuracy is ${rate(accuracy, 2)}`;
}

/** When the champion took over from one that had got worse, while that is news (one day). */
function recoveredAt(view: ModelView): string | null {
  const at = view.champion?.promotedAt ?? null;
  if (at === null || Date.parse(view.at) - Date.parse(at) > 86_400_000) return null;
  const run = view.runs.find(({ id }) => id === view.takeovers[0]?.runId);
  return run !== undefined && isAboutTrouble(run.trigger) ? at : null;
}

/** What is being done about it, without a full stop; null where nothing is. */
export function sayMotion(view: Pick<ModelView, 'runs' | 'challenger'>): string | null {
  const run = inMotion(view);
  if (run === null) return null;
  const version = run.version ?? 'a challenger';
  switch (run.phase) {
    case 'triage':
      return 'a run has begun and looks at the data';
    case 'waiting-for-labels':
      return 'a run waits for labels since the change';
    case 'snapshot':
      return 'a run picks the rows to learn from';
    case 'fine-tuning':
      return run.progress === null || run.progress.steps === 0
        ? 'a challenger is being fine-tuned'
        : `a challenger is being fine-tuned (${percent(run.progress.step / run.progress.steps)} done)`;
    case 'evaluating':
      return `${version} is tested on cases that it has not seen`;
    case 'holding':
      return run.verdict?.kind === 'hold' && run.verdict.labelsNeeded > 0
        ? `${version} is held: ${counted(run.verdict.labelsNeeded, 'more label', 'more labels')} would settle it`
        : `${version} is held until more labels settle it`;
    case 'servability':
      return `${version} has passed the gate and is tried in a real server`;
    case 'waiting-for-approval':
      return run.version === null
        ? 'a training is suggested and waits for a person'
        : `${version} is ready and waits for approval`;
    case 'rollout':
      if (view.challenger === null) return `${version} is being rolled out`;
      return view.challenger.share === 0
        ? `${version} is tried on copies of requests`
        : `${version} answers ${percent(view.challenger.share)} of requests`;
    case 'ended':
      return null;
    default:
      return run.phase satisfies never;
  }
}

/** What a challenger goes through on its way to production: `v2 takes 10 % of requests for …`. */
export function sayRollout(
  { shadow, canary, step, bake }: Pick<ModelConfig['rollout'], 'shadow' | 'canary' | 'step' | 'bake'>,
  challenger: string,
  champion: string | null,
): string {
  const lasts = (duration: string) => lasting(milliseconds(duration));
  const copies = shadow === undefined ? '' : `is shown copies of requests for ${lasts(shadow)}, then `;
  const shares = listed(canary.map(percent));
  const share =
    canary.length === 0
      ? null
      : `${shares} of requests for ${lasts(step)}${canary.length > 1 ? ' each' : ''}`;
  const all = share === null ? 'all requests' : 'all of them';
  const end =
    bake === undefined
      ? share === null && shadow === undefined
        ? 'all requests at once'
        : `${all} if nothing looks worse`
      : `${all} for ${lasts(bake)} with ${champion ?? 'the champion'} beside it, and for good if nothing looks worse`;
  const back = champion === null ? '' : ` The way back to ${champion} stays open.`;
  return `${challenger} ${copies}takes ${share === null ? '' : `${share}, and `}${end}.${back}`;
}

/** What a yes to a training sets in motion. */
export const TRAINS =
  'it is trained on the newest rows since the change and has to prove itself; you are asked once more before it answers anything.';

/** What a person is asked: in mode `suggest` first whether anything is trained, later whether it may answer production. */
export function sayQuestion(
  run: Pick<RunView, 'version' | 'verdict' | 'trigger'>,
  view: Pick<ModelView, 'name' | 'champion' | 'rollout'>,
): { title: string; short: string; because: string; after: string; approve: string } {
  const champion = view.champion?.version ?? null;
  if (run.version === null)
    return {
      title: 'Train a challenger?',
      short: `Train a challenger for ${view.name}?`,
      because: sentence(run.trigger.reason),
      after: `If you approve, ${TRAINS}`,
      approve: 'Train',
    };
  const challenger = run.version;
  return {
    title: champion === null ? `Let ${challenger} answer?` : `Replace ${champion} by ${challenger}?`,
    short: `Approve ${view.name} ${challenger}?`,
    because: run.verdict === null ? 'The gate has no report.' : sentence(run.verdict.sentence),
    after: `If you approve, ${sayRollout(view.rollout, challenger, champion)}`,
    approve: `Approve ${challenger}`,
  };
}

/** Regret beside the price of a training, and whether one is under way. */
export function sayRegret(regret: number | null, price: number | null, isUnderWay = false): string {
  if (regret === null) return 'Regret is counted once the champion has enough labelled rows of its own.';
  const beyond = `${amount(regret)} ${Math.round(regret * 10) === 10 ? 'error' : 'errors'} beyond what it promised`;
  if (price === null) return `${beyond}.`;
  return regret >= price
    ? `${beyond}; a training is worth ${amount(price)}, ${isUnderWay ? 'and one is under way' : 'so one is due'}.`
    : `${beyond}; at ${amount(price)} a training pays for itself.`;
}

/** What is expected before labels come, how sure that is, and whether to believe it. */
export function sayEstimate({ accuracy, low, high, trusted }: EstimatedFigures, windowMs: number): string {
  const told =
    `Without labels, from calibrated scores, an accuracy of ${rate(accuracy)} (${rate(low)} to ${rate(high)}) ` +
    `is expected over the last ${windowWords(windowMs)}.`;
  if (trusted === false)
    return `${told} It cannot be trusted: labels that came differ from what was expected of them by more than chance.`;
  const blind = 'It cannot see that inputs mean something else than they did.';
  return trusted === null ? `${told} Too few labels say whether it holds. ${blind}` : `${told} ${blind}`;
}

/** Which features moved, by PSI: `bound` and above is a lot, .1 and above a little. */
export function sayDrift(drift: readonly FeatureDrift[], bound: number): string {
  if (drift.length === 0) return 'No reference to compare with yet.';
  const names = (features: FeatureDrift[]) => listed(features.map((f) => f.feature));
  const much = drift.filter((f) => f.psi >= bound);
  const little = drift.filter((f) => f.psi >= 0.1 && f.psi < bound);
  const rest = drift.length - much.length - little.length;
  if (much.length + little.length === 0)
    return drift.length === 1 ? 'It has not moved.' : `None of ${count(drift.length)} features moved.`;
  const said = [
    ...(much.length > 0 ? [`${names(much)} moved a lot`] : []),
    ...(little.length > 0 ? [`${names(little)} ${much.length > 0 ? '' : 'moved '}a little`] : []),
    ...(rest > 0 ? ['the rest not at all'] : []),
  ];
  return `${said.join(', ')}.`;
}

/** When a run begins by itself. */
export function sayWhenRetrained(
  { mode, on, price, schedule, minLabels }: ModelConfig['retrain'],
  objective: { metric: string; atLeast: number } | null,
): string {
  if (mode === 'off') return 'Retraining is off in the config; a run begins only when someone asks for it.';
  const reasons = [
    ...(on.includes('regret') ? [`regret reaches ${amount(price)} errors`] : []),
    ...(on.includes('quality') && objective !== null
      ? [`${objective.metric} falls below ${rate(objective.atLeast, 2)}`]
      : []),
    ...(on.includes('drift') ? ['a feature moves'] : []),
    ...(on.includes('volume') ? [`${counted(minLabels, 'new label')} have come`] : []),
  ];
  const when = reasons.length > 0 ? `when ${reasons.join(' or ')}` : '';
  const clock = schedule === undefined ? '' : `on schedule (${schedule})`;
  const said = [when, clock, 'when someone asks for it'].filter((text) => text !== '');
  return `A run begins ${said.length > 1 ? `${said.slice(0, -1).join(', ')}, or ${said.at(-1)}` : said[0]}.`;
}
