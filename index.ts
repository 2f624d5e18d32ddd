/** What a config file and a program import from `driftloop`. */
export {
  asHappened,
  command,
  data,
  defineDriftloop,
  defineModel,
  detector,
  drift,
  estimated,
  offBy,
  fromChampion,
  fromScratch,
  outside,
  parseConfig,
  objective,
  quality,
  slice,
} from './domain/config.ts';
export type { InstanceOf, LabelOf } from './domain/config.ts';
export { full, head, lora, lpft, qlora, search } from './domain/fine-tune-config.ts';
export { category, image, number, text } from './domain/input.ts';
export { classification, generation, multiLabel, regression } from './domain/task.ts';
export { DriftloopError } from './domain/errors.ts';
