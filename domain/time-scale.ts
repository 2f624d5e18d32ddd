import { durationOf, milliseconds } from './duration.ts';
import type { ModelConfig } from './model-config.ts';

/** Prometheus cannot decide faster than it looks, nor a canary be judged before metrics were read twice. */
const floors = {
  window: 10_000,
  for: 0,
  month: 60_000,
  step: 3_000,
  look: 1_000,
  cooldown: 0,
  other: 10_000,
} as const;

const scaled = (text: string, factor: number, floorMs: number) =>
  durationOf(Math.max(floorMs, milliseconds(text) / factor));

/**
 * A replay maps stream time to wall time by one pace: every window, `for`, step and cooldown shrinks by the same
 * factor, down to what the services can resolve; how long labels and people are waited for stays as it is. Factor 1 is
 * real time.
 */
export function scaleDurations(model: ModelConfig, factor: number): ModelConfig {
  if (factor === 1) return model;
  const { shadow, bake, every } = model.rollout;
  return {
    ...model,
    watch: model.watch.map((w) =>
      w.kind === 'objective'
        ? { ...w, over: scaled(w.over, factor, floors.window) }
        : {
            ...w,
            window: scaled(w.window, factor, floors.window),
            ...('lag' in w ? { lag: scaled(w.lag, factor, floors.for) } : {}),
            ...('for' in w ? { for: scaled(w.for, factor, floors.for) } : {}),
            ...('month' in w ? { month: scaled(w.month, factor, floors.month) } : {}),
          },
    ),
    retrain: { ...model.retrain, cooldown: scaled(model.retrain.cooldown, factor, floors.cooldown) },
    rollout: {
      ...model.rollout,
      ...(shadow === undefined ? {} : { shadow: scaled(shadow, factor, floors.step) }),
      ...(bake === undefined ? {} : { bake: scaled(bake, factor, floors.step) }),
      ...(every === undefined ? {} : { every: scaled(every, factor, floors.look) }),
      step: scaled(model.rollout.step, factor, floors.step),
      inconclusiveAtMost: scaled(model.rollout.inconclusiveAtMost, factor, floors.other),
    },
  };
}
