import type { OpenWish, SearchWish } from '../../domain/fine-tune-config.ts';
import type { Tried } from './space.ts';

/** What one trial of a search wishes: its own settings, and those that all trials share. */
export function trialWish(wish: SearchWish, { method, learningRate, rank, hidden }: Tried): OpenWish {
  const { method: _, over: __, budget: ___, minSteps, ...shared } = wish;
  switch (method) {
    case 'full':
      return {
        ...shared,
        method,
        learningRate,
        ...(minSteps === undefined ? {} : { minSteps }),
        ...(hidden === null ? {} : { hidden: [...hidden] }),
      };
    case 'head':
    case 'lpft':
      return { ...shared, method, learningRate };
    case 'lora':
    case 'qlora':
      return { ...shared, method, learningRate, ...(rank === null ? {} : { rank }) };
    default:
      return method satisfies never;
  }
}
