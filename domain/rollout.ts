/**
 * A rollout is a union and one total function:
 *
 *   canary ──▶ champion
 *     └──────▶ withdrawn
 *
 * `advance` decides, the workflow acts on it. Shadow and bake join the union when they are built.
 */
export type Judgement =
  | { kind: 'successful'; sentence: string }
  | { kind: 'failed'; sentence: string }
  | { kind: 'inconclusive'; sentence: string }
  | { kind: 'error'; sentence: string };

export type Rollout =
  | { phase: 'canary'; step: number; share: number; errors: number }
  | { phase: 'champion' }
  | { phase: 'withdrawn'; because: string };

export type RolloutPlan = {
  /** Shares of the traffic, one a step, each in (0, 1). */
  canary: readonly number[];
  /** So many judgements in a row may end in `error` before the challenger is withdrawn. */
  errorLimit: number;
};

/** The first phase of a plan; without canary steps the challenger takes over at once. */
export function begin(plan: RolloutPlan): Rollout {
  const share = plan.canary[0];
  return share === undefined ? { phase: 'champion' } : { phase: 'canary', step: 0, share, errors: 0 };
}

/** The next phase after a judgement. Inconclusive holds: too little evidence is not health. */
export function advance(rollout: Rollout, judgement: Judgement, plan: RolloutPlan): Rollout {
  switch (rollout.phase) {
    case 'champion':
    case 'withdrawn':
      return rollout;
    case 'canary':
      return afterCanary(rollout, judgement, plan);
    default:
      return rollout satisfies never;
  }
}

function afterCanary(
  rollout: Extract<Rollout, { phase: 'canary' }>,
  judgement: Judgement,
  plan: RolloutPlan,
): Rollout {
  switch (judgement.kind) {
    case 'failed':
      return { phase: 'withdrawn', because: judgement.sentence };
    case 'inconclusive':
      return { ...rollout, errors: 0 };
    case 'error':
      return rollout.errors + 1 > plan.errorLimit
        ? { phase: 'withdrawn', because: `could not be judged: ${judgement.sentence}` }
        : { ...rollout, errors: rollout.errors + 1 };
    case 'successful': {
      const step = rollout.step + 1;
      const share = plan.canary[step];
      return share === undefined ? { phase: 'champion' } : { phase: 'canary', step, share, errors: 0 };
    }
    default:
      return judgement satisfies never;
  }
}
