/**
 * Should a run begin now, and why? Asked at every beat of the supervisor; pure, so that a month of answers is a test.
 *
 * In this order: a planned refit that is due, then alerts (regret before quality before drift, the oldest first), then
 * a slot of the schedule, which waits for the cooldown and for a run on its way, but not longer than a day, then
 * `minLabels` new labels since the last training, or since the champion took over (volume). Nothing begins while a run
 * is in flight, within the cooldown, when the budget is spent, or when the model is paused.
 * Alerts also wait for `gap` new labelled rows since the last training, unless that one was dropped by a patient gate.
 * Those that a run has looked at and only watches begin none again, for as long as they last and regret is below its price.
 */
import { count } from '../domain/count.ts';
import { milliseconds } from '../domain/duration.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import { defaultPolicy, type RegretPolicy } from '../domain/policy/regret-policy.ts';
import type { FiringAlert, PolicyStanding, TrainingTime } from '../domain/ports.ts';
import type { Trigger } from '../domain/run.ts';
import { budgetStanding } from './policy/training-budget.ts';

/** A firing alert; one that came by webhook is also known by the fingerprint of its row. */
export type AlertInSight = FiringAlert & { fingerprint?: string };

export type TriggerQuestion = Readonly<{
  retrain: Pick<ModelConfig['retrain'], 'mode' | 'on' | 'cooldown' | 'minLabels' | 'budget'>;
  isPaused: boolean;
  hasRunInFlight: boolean;
  nowMs: number;
  /** Null before the first champion: there is nothing to do better than. */
  champion: string | null;
  firing: readonly AlertInSight[];
  /** A slot of the schedule that is due, as the schedule named it. */
  scheduledAt?: string | null;
  lastStartedAt: string | null;
  /** Runs that found something to watch and nothing to train for, with the kind of alert that began them. */
  watched?: readonly Watched[];
  /** From the rows of the runs; left out where there is no budget. */
  trained?: TrainingTime;
  view: Pick<
    PolicyStanding,
    'labelled' | 'tookOverAtSeq' | 'regret' | 'lastTrainingAtSeq' | 'lastWasDropped' | 'plannedRefit'
  >;
}>;

/** A run that began at a moment, because of an alert of a kind. */
export type Watched = Readonly<{ kind: Trigger['kind']; startedAt: string }>;

/** The trigger, or null; the sentence says why, or why not. */
export type TriggerChoice = Readonly<{ trigger: Trigger | null; sentence: string }>;

const kinds = ['regret', 'quality', 'drift'] as const;
type AlertKind = (typeof kinds)[number];

/** Alerts of these labels can begin a run; a suspicion or silence never does. */
export const canBeginRun = (labels: Readonly<Record<string, string>>): boolean =>
  labels['level'] === 'detected' && kinds.some((kind) => kind === labels['kind']);

const not = (sentence: string): TriggerChoice => ({ trigger: null, sentence });
export function chooseTrigger(
  question: TriggerQuestion,
  policy: Pick<RegretPolicy, 'gap' | 'price'> = defaultPolicy,
): TriggerChoice {
  const { retrain, champion, scheduledAt } = question;
  if (question.isPaused) return not('The model is paused.');
  if (retrain.mode === 'off') return not('Retraining is switched off in the config (retrain.mode).');
  if (question.hasRunInFlight) return not('A run is in flight.');
  if (champion === null) return not('There is no champion yet.');

  const wanted = refitDue(question) ?? alertDue(question, champion, policy);
  const choice =
    wanted.trigger === null
      ? (slotDue(scheduledAt, question.nowMs) ?? volumeDue(question) ?? wanted)
      : wanted;
  if (choice.trigger === null) return choice;

  const budget = question.trained === undefined ? null : budgetStanding(retrain, question.trained);
  if (budget?.isSpent === true) return not(`${budget.sentence} ${choice.sentence}`);

  const waitMs = cooldownLeftMs(question);
  if (waitMs <= 0) return choice;
  return not(
    `Waits ${count(Math.ceil(waitMs / 1_000))} s for the cooldown of ${retrain.cooldown}. ${choice.sentence}`,
  );
}

/** A slot that could not be used within this time is over: the next one is not far. */
const SLOT_STANDS_MS = 86_400_000;

function slotDue(scheduledAt: string | null | undefined, nowMs: number): TriggerChoice | null {
  if (scheduledAt === null || scheduledAt === undefined) return null;
  if (nowMs - Date.parse(scheduledAt) > SLOT_STANDS_MS) return null;
  return begin({
    kind: 'schedule',
    firedAt: scheduledAt,
    reason: `The schedule asks for it: ${scheduledAt}.`,
  });
}

function volumeDue({ retrain, view, nowMs }: TriggerQuestion): TriggerChoice | null {
  if (!retrain.on.includes('volume')) return null;
  const { labelled, lastTrainingAtSeq, tookOverAtSeq } = view;
  const fresh = labelled - (lastTrainingAtSeq ?? tookOverAtSeq);
  if (fresh < retrain.minLabels) return null;
  return begin({
    kind: 'volume',
    firedAt: new Date(nowMs).toISOString(),
    reason: `${count(fresh)} new labels have come since the last training; retrain.minLabels is ${count(retrain.minLabels)}.`,
  });
}

const begin = (trigger: Trigger): TriggerChoice => ({ trigger, sentence: trigger.reason });

function cooldownLeftMs({ lastStartedAt, retrain, nowMs }: TriggerQuestion): number {
  if (lastStartedAt === null) return 0;
  return Date.parse(lastStartedAt) + milliseconds(retrain.cooldown) - nowMs;
}

function refitDue({ retrain, view, nowMs }: TriggerQuestion): TriggerChoice | null {
  const { plannedRefit, labelled } = view;
  if (plannedRefit === null || plannedRefit.atSeq > labelled || !retrain.on.includes('regret')) return null;
  const { onsetSeq } = plannedRefit;
  return begin({
    kind: 'regret',
    firedAt: new Date(nowMs).toISOString(),
    reason: `The refit planned at the last promotion is due: ${count(labelled - onsetSeq + 1)} labelled rows since the change.`,
    refit: { onsetSeq },
  });
}

function alertDue(
  { retrain, firing, view, watched = [] }: TriggerQuestion,
  champion: string,
  { gap, price }: Pick<RegretPolicy, 'gap' | 'price'>,
): TriggerChoice {
  const detected = firing.filter(({ labels }) => canBeginRun(labels));
  if (detected.length === 0) return not('No alert is firing.');
  const wanted = detected.filter(({ labels }) => retrain.on.includes(labels['kind'] as AlertKind));
  if (wanted.length === 0) {
    const names = [...new Set(detected.map((alert) => alert.labels['kind']))].join(', ');
    return not(`An alert is firing (${names}), but retrain.on asks for ${retrain.on.join(', ') || 'none'}.`);
  }
  // An alert outlives the champion that it is about by an evaluation.
  const ofChampion = wanted.filter(
    ({ labels }) => labels['version'] === undefined || labels['version'] === champion,
  );
  if (ofChampion.length === 0)
    return not(
      `The firing alert is about ${wanted[0]!.labels['version']}, not about the champion ${champion}.`,
    );
  // One that began later is news, and so is a champion that is known to be bad by now.
  const isWatched = ({ labels, activeAt }: AlertInSight) =>
    view.regret < price &&
    watched.some(
      ({ kind, startedAt }) => kind === labels['kind'] && Date.parse(activeAt) <= Date.parse(startedAt),
    );
  const unseen = ofChampion.filter((alert) => !isWatched(alert));
  if (unseen.length === 0)
    return not(
      'A run has looked at the firing alert, and it is only watched: no other begins before it is over, or something newer is found.',
    );
  // Regret falls again when the world comes back; Prometheus hears of it a moment later.
  const alert = unseen
    .filter(({ labels }) => labels['kind'] !== 'regret' || view.regret >= price)
    .toSorted(byKindThenAge)
    .at(0);
  if (alert === undefined)
    return not(`The regret of ${champion} has fallen to ${view.regret.toFixed(1)} errors since it was seen.`);

  const rows = view.lastTrainingAtSeq === null ? Infinity : view.labelled - view.lastTrainingAtSeq;
  const reason = alert.annotations['sentence'] ?? `${alert.alertname} is firing.`;
  if (rows < gap && !view.lastWasDropped) {
    return not(
      `Waits for ${count(gap - rows)} more labels: the last training was ${count(rows)} labelled rows ago. ${reason}`,
    );
  }
  return begin({
    kind: alert.labels['kind'] as AlertKind,
    firedAt: alert.activeAt,
    reason,
    ...(alert.fingerprint === undefined
      ? {}
      : { alert: { fingerprint: alert.fingerprint, startsAt: alert.activeAt } }),
  });
}

function byKindThenAge(a: AlertInSight, b: AlertInSight): number {
  const rank = ({ labels }: AlertInSight) => kinds.indexOf(labels['kind'] as AlertKind);
  return rank(a) - rank(b) || Date.parse(a.activeAt) - Date.parse(b.activeAt);
}
