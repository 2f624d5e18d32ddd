import { z } from 'zod';
import { cron } from './cron.ts';
import { duration, milliseconds } from './duration.ts';
import type { RolloutTimes } from './rollout.ts';

/** What a config says of how a challenger takes production, and by what it is judged on its way. */

const share = z.number().gt(0).lt(1);
const within = share.optional().meta({
  description:
    'a phase succeeds when the challenger is shown to be worse by no more than this; left out, by what minSamples can show',
});
const dryRun = z.boolean().default(false).meta({ description: 'true: it is shown, and decides nothing' });

const guardrail = (margin: number, of: string) => ({
  margin: z
    .number()
    .min(0)
    .lt(1)
    .default(margin)
    .meta({ description: `how much worse than the champion is tolerated, ${of}` }),
  within,
  dryRun,
});

export const guardrailsSchema = z.strictObject({
  errors: z
    .strictObject(guardrail(0.005, 'as a share of the requests'))
    .prefault({})
    .meta({ description: 'requests that the server could not answer (5xx)' }),
  latency: z
    .strictObject({
      times: z.number().min(1).default(1.5).meta({
        description: 'a request is slow when it takes so many times the 99th percentile of the champion',
      }),
      ...guardrail(0.02, 'as a share of slow requests'),
    })
    .prefault({}),
  invalid: z
    .strictObject({
      atMost: z
        .number()
        .min(0)
        .lt(1)
        .default(0.001)
        .meta({ description: 'of the answers, tolerated of anybody' }),
      ...guardrail(0.001, 'as a share of the answers'),
    })
    .prefault({})
    .meta({ description: 'answers that are NaN, infinite or of the wrong shape' }),
  quality: z
    .strictObject({
      minLabels: z
        .int()
        .positive()
        .optional()
        .meta({ description: 'labelled rows that both have scored, at least; left out, as minSamples' }),
      ...guardrail(0.02, 'as a share of right answers'),
    })
    .prefault({})
    .meta({
      description:
        'labels that arrive meanwhile, scored by both versions; has to be shown in the shadow and in the bake',
    }),
});

/** What a metric is held against: `< 0.5`. */
const conditionPattern = /^\s*(<=|>=|<|>|==|!=)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*$/i;
export type Condition = Readonly<{ operator: '<' | '<=' | '>' | '>=' | '==' | '!='; bound: number }>;

/** A condition that the schema has accepted. */
export function conditionOf(text: string): Condition {
  const match = conditionPattern.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not a condition`);
  return { operator: match[1] as Condition['operator'], bound: Number(match[2]) };
}

const condition = z
  .string()
  .regex(conditionPattern, 'must compare with a number, such as "< 0.05" or ">= 100"');

/** What stands for something in the query of a metric. */
export const placeholders = ['namespace', 'model', 'version', 'champion', 'window'] as const;
export const placeholderPattern = /\{\{\s*([^{}]*?)\s*\}\}/g;

const metricSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower case letters, digits and "-", beginning with a letter'),
  query: z
    .string()
    .min(1)
    .superRefine((query, context) => {
      for (const [, name] of query.matchAll(placeholderPattern))
        if (!(placeholders as readonly string[]).includes(name!))
          context.addIssue({
            code: 'custom',
            message: `has no placeholder {{${name}}}; there are ${placeholders.map((one) => `{{${one}}}`).join(', ')}`,
          });
    })
    .meta({
      description: `PromQL; ${placeholders.map((one) => `{{${one}}}`).join(', ')} are filled in, the window since the phase began`,
    }),
  success: condition.meta({ description: 'all of its values have to meet it; no value is never success' }),
  failure: condition.optional().meta({
    description: 'one value that meets it withdraws the challenger; neither of the two is inconclusive',
  }),
  dryRun,
});

const moment = z.iso.datetime({ offset: true, error: 'must be a time such as "2026-12-24T00:00:00Z"' });

const freezeSchema = z
  .strictObject({
    cron: cron.optional(),
    duration: duration.optional().meta({ description: 'how long it lasts from each time that cron fires' }),
    from: moment.optional().meta({ description: 'RFC 3339' }),
    to: moment.optional().meta({ description: 'RFC 3339' }),
    because: z.string().min(1).max(200).optional().meta({ description: 'shown while it lasts' }),
  })
  .superRefine(({ cron: fires, duration: lasts, from, to }, context) => {
    const isRecurring = fires !== undefined && lasts !== undefined && from === undefined && to === undefined;
    const isOnce = fires === undefined && lasts === undefined && from !== undefined && to !== undefined;
    if (!isRecurring && !isOnce)
      context.addIssue({ code: 'custom', message: 'must have cron and duration, or from and to' });
    else if (isOnce && Date.parse(from) >= Date.parse(to))
      context.addIssue({ code: 'custom', message: 'must end after it begins' });
    else if (isRecurring && milliseconds(lasts) > LONGEST_FREEZE_MS)
      context.addIssue({
        code: 'custom',
        message: 'must last 31 days at most; give from and to for a longer one',
      });
  })
  .meta({ description: 'a time (UTC) in which nothing moves forward; withdrawals always go on' });
export type Freeze = z.output<typeof freezeSchema>;

const LONGEST_FREEZE_MS = 31 * 86_400_000;

export const rolloutSchema = z.strictObject({
  shadow: duration.optional().meta({
    description:
      'how long it is first asked what the champion is asked, its answers dropped; left out, not at all',
  }),
  canary: z.array(share).default([0.1]).meta({ description: 'shares of the traffic, one a step' }),
  step: duration.default('10m').meta({ description: 'how long a step lasts at least' }),
  bake: duration.optional().meta({
    description: 'how long it answers everything while the champion stands by; left out, not at all',
  }),
  every: duration.optional().meta({
    description: 'how often it is judged; left out, ten times a step, once a minute at least',
  }),
  alpha: z.number().gt(0).lt(0.5).default(0.05).meta({
    description: 'how often a challenger that is no worse may be withdrawn, over the whole rollout',
  }),
  minSamples: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'requests per arm and phase before any success; left out, minRequests, else 500' }),
  minRequests: z.int().positive().optional().meta({
    description:
      'the older name of minSamples. Served outside: so many of the newest predictions say who answers; left out, 50',
  }),
  errorRateAtMost: z.number().min(0).max(1).default(0.01).meta({
    description: 'of the requests that the challenger answers: tolerated whatever the champion does',
  }),
  inconclusiveAtMost: duration.default('7d').meta({
    description: 'how long a phase may wait for evidence before a person is asked; a quiet model needs days',
  }),
  guardrails: guardrailsSchema.prefault({}),
  metrics: z
    .array(metricSchema)
    .default([])
    .superRefine((metrics, context) => {
      const names = metrics.map(({ name }) => name);
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined)
        context.addIssue({
          code: 'custom',
          message: `must have each name once; "${twice}" stands there twice`,
        });
    })
    .meta({ description: "the team's own metrics" }),
  freeze: z.array(freezeSchema).default([]),
  drill: z
    .strictObject({
      cron,
      within: duration.default('2m').meta({
        description: 'how long the earlier version may take until it could take over; longer is an alert',
      }),
      overdueAfter: duration.default('8d').meta({
        description: 'an alert when the way back was not found open for so long; longer than cron takes',
      }),
    })
    .optional()
    .meta({
      description:
        'tries the way back on schedule, without moving anything; left out, only when somebody does',
    }),
});

export type RolloutConfig = z.output<typeof rolloutSchema>;
export type RolloutMetric = RolloutConfig['metrics'][number];

/** Requests per arm that a phase needs where nothing is said. */
const DEFAULT_SAMPLES = 500;
export const minSamplesOf = ({
  minSamples,
  minRequests,
}: Pick<RolloutConfig, 'minSamples' | 'minRequests'>): number => minSamples ?? minRequests ?? DEFAULT_SAMPLES;

/** So many predictions say who answers production, where a team serves by itself. */
const DEFAULT_PREDICTIONS = 50;
export const predictionsThatTell = ({ minRequests }: Pick<RolloutConfig, 'minRequests'>): number =>
  minRequests ?? DEFAULT_PREDICTIONS;

/** How often a rollout is judged. */
export const lookEveryMs = ({ every, step }: Pick<RolloutConfig, 'every' | 'step'>): number =>
  every === undefined
    ? Math.max(LEAST_LOOK_MS, Math.min(MINUTE_MS, milliseconds(step) / 10))
    : milliseconds(every);

const MINUTE_MS = 60_000;
/** Prometheus cannot be asked for news more often than it scrapes. */
const LEAST_LOOK_MS = 1_000;

/** How long the phases last, and how often they are looked at, in ms. */
export const timesOf = (rollout: RolloutConfig): RolloutTimes => ({
  shadowMs: milliseconds(rollout.shadow ?? '0s'),
  stepMs: milliseconds(rollout.step),
  bakeMs: milliseconds(rollout.bake ?? '0s'),
  everyMs: lookEveryMs(rollout),
  inconclusiveAtMostMs: milliseconds(rollout.inconclusiveAtMost),
});
