import { milliseconds } from '../../domain/duration.ts';
import { metricInside, metricName } from '../metric-words.ts';
import { toleranceOf } from '../../domain/task.ts';
import type { ModelConfig, Watch } from '../../domain/model-config.ts';
import { minSamplesOf } from '../../domain/rollout-config.ts';
import { inMotion, sayRegret, sayRollout, sayWhenRetrained, sayWithin } from '../sentences.ts';
import type { ModelView } from '../model-view.ts';
import { amount, capital, count, counted, lasting, listed, percent, rate } from '../wording.ts';

/** A part of the policy in force, in plain words. */
export type PolicyPart = Readonly<{ about: string; says: readonly string[] }>;

const lasts = (duration: string): string => lasting(milliseconds(duration));

/** What is watched, when it retrains, what the gate asks, how it rolls out, who approves. */
export function sayPolicy(
  config: ModelConfig,
  view: Pick<ModelView, 'objective' | 'champion'>,
): PolicyPart[] {
  const { watch, retrain, gate, approval, rollout } = config;
  const { guardrails } = rollout;
  return [
    {
      about: 'What is watched',
      says: [
        ...sayRight(config),
        ...(watch.length === 0
          ? ['Only its regret: the errors beyond what the champion promised.']
          : watch.map(sayWatch)),
      ],
    },
    {
      about: 'When it retrains',
      says: [
        sayWhenRetrained(retrain, view.objective),
        retrain.mode === 'suggest'
          ? 'Nothing is trained or promoted without a person.'
          : `At least ${lasts(retrain.cooldown)} lie between two runs, and ${counted(retrain.minLabels, 'label')} since the change are waited for.`,
        retrain.budget === undefined
          ? 'Training has no budget.'
          : `At most ${count(retrain.budget.gpuMinutesPerMonth)} minutes are trained in 30 days.`,
      ],
    },
    {
      about: 'What the gate asks',
      says: [
        'A challenger has to be shown better on rows that neither version has learnt from, ' +
          `and no slice may fall by more than ${rate(gate.sliceMargin, 2)}.`,
        `Where that is not clear it waits for labels, ${lasts(gate.holdAtMost)} at most.`,
        ...(gate.slices.length === 0
          ? []
          : [`It is judged by ${listed(gate.slices.map((slice) => sayValueOf(slice)))} too.`]),
      ],
    },
    {
      about: 'Who approves',
      says: approval.required
        ? [
            `${capital(counted(approval.quorum, 'person has', 'people have'))} to say yes: ${listed(approval.approvers)}.`,
            `The question stands ${lasts(approval.timeout)}; then ${timeoutWords[approval.onTimeout]}.`,
            ...(approval.requesterMayApprove ? [] : ['Who started a run does not decide on it.']),
          ]
        : ['Nobody: what passes the gate goes on to its rollout by itself.'],
    },
    {
      about: 'How it rolls out',
      says: [
        capital(sayRollout(rollout, 'a challenger', view.champion?.version ?? null)),
        `A phase needs ${counted(minSamplesOf(rollout), 'request')} on each side, and holds up to ${lasts(rollout.inconclusiveAtMost)} for evidence.`,
        `Tolerated beyond the champion: ${percent(guardrails.errors.margin)} more errors, ${percent(guardrails.latency.margin)} more slow answers, ${percent(guardrails.invalid.margin)} more invalid ones, ${percent(guardrails.quality.margin)} fewer right ones.`,
        ...(rollout.freeze.length === 0
          ? []
          : [
              `${counted(rollout.freeze.length, 'freeze window')} hold${rollout.freeze.length === 1 ? 's' : ''} it back.`,
            ]),
      ],
    },
  ];
}

/** When an answer that is a number counts as right. */
function sayRight({ task }: ModelConfig): string[] {
  const tolerance = toleranceOf(task);
  return tolerance === null ? [] : [`An answer is ${sayWithin(tolerance)} of the true value.`];
}

const sayValueOf = (slice: unknown): string => (typeof slice === 'string' ? slice : JSON.stringify(slice));

const timeoutWords = {
  reject: 'it is rejected',
  hold: 'it stays asked',
  escalate: 'others are asked as well',
} as const;

/** One watch as a sentence. */
export function sayWatch(watch: Watch): string {
  switch (watch.kind) {
    case 'quality':
      return `${metricName(watch.metric)} is at least ${rate(watch.atLeast, 2)} over ${lasts(watch.window)}.`;
    case 'off-by':
      return `Answers are off by at most ${amount(watch.atMost)} (${metricName(watch.metric)}) over ${lasts(watch.window)}.`;
    case 'objective':
      return `${metricName(watch.metric)} is at least ${rate(watch.atLeast, 2)} over ${lasts(watch.over)}, as an error budget.`;
    case 'as-happened':
      return `${metricName(watch.metric)} by the time of the predictions is at least ${rate(watch.atLeast, 2)} over ${lasts(watch.window)}, once ${percent(watch.coverage)} have labels.`;
    case 'estimated':
      return `${metricName(watch.metric)} as it is expected before labels come is at least ${rate(watch.atLeast, 2)} over ${lasts(watch.window)}.`;
    case 'slice':
      return `In each ${watch.of}, ${metricInside(watch.metric)} is at least ${rate(watch.atLeast, 2)} over ${lasts(watch.window)}.`;
    case 'data':
      return `At most ${percent(watch.atMost)} more rows are missing, invalid, new or out of range than in training, over ${lasts(watch.window)}.`;
    case 'detector':
      return `Its errors, by ${watch.method}.`;
    case 'drift':
      return watch.falseAlarmsPerMonth === undefined
        ? `No feature moves by a PSI of ${watch.psiAtLeast} over ${lasts(watch.window)}.`
        : `Its errors and answers, with ${amount(watch.falseAlarmsPerMonth)} false alarms in ${lasts(watch.month)}.`;
    default:
      return watch satisfies never;
  }
}

/** What happens by itself, in a sentence. */
export function policyLede(config: ModelConfig, paused: boolean): string {
  const { retrain, approval, name } = config;
  if (paused) return `${name} is paused: no run begins, whatever the policy says.`;
  if (retrain.mode === 'off') return `${name} retrains only when somebody asks.`;
  if (retrain.mode === 'suggest')
    return `${name} suggests a training; a person decides on it and on what comes of it.`;
  return approval.required
    ? `${name} retrains by itself, and a person lets the challenger in.`
    : `${name} retrains and promotes by itself; people can stop it at any time.`;
}

/** How its regret stands with the price of a training. */
export const sayRegretNow = ({ live, runs }: Pick<ModelView, 'live' | 'runs'>): string =>
  live.state === 'silent'
    ? 'Prometheus does not answer, so its regret is not known now.'
    : sayRegret(live.regret, live.price, inMotion({ runs }) !== null);
