/** What a config file and a program import from `driftloop`. */
export {
  defineDriftloop,
  defineModel,
  drift,
  fromChampion,
  fromScratch,
  full,
  outside,
  parseConfig,
  quality,
} from './domain/config.ts';
export type { InstanceOf, LabelOf } from './domain/config.ts';
export { category, number, text } from './domain/input.ts';
export { classification, regression } from './domain/task.ts';
export { DriftloopError } from './domain/errors.ts';
