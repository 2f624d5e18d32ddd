import type { Tensor2D } from '@tensorflow/tfjs';
import type { Chance } from '../models/dropout.ts';
import type { Parameters } from '../models/parameters.ts';
import type { Weights } from '../models/weights.ts';
import type { StageMethod } from './settings.ts';

/** What tells inputs of one kind apart. */
export type Answers<Input> = {
  /** Logits [inputs, labels]; they belong to the open `tidy`. `chance`: of a step of training. */
  logits(inputs: readonly Input[], chance?: Chance): Tensor2D;
  /** How long an input is: similar ones are computed together. Null where all are alike. */
  lengthOf: ((input: Input) => number) | null;
};

/** The same for a network whose weights may be held in another way: with an adapter, in 4 bits a number. */
export type Reader<Input> = Pick<Answers<Input>, 'lengthOf'> & {
  logits(weights: Weights, inputs: readonly Input[], chance?: Chance): Tensor2D;
};

/** A classifier while some of it is trained. */
export type HeldClassifier<Input, Settled> = Answers<Input> & {
  /** What is trained, by the names in the model. */
  trained: Parameters;
  /** With what was learnt in it. */
  settle(): Settled;
  /** Frees what was held beside it. */
  dispose(): void;
};

/** A network of any make that can learn to tell inputs apart. `Settled`: what it is afterwards. */
export type Classifier<Input, Settled> = {
  totalParameters: number;
  /** Whether a parameter began anew: there is nothing old in it to keep. */
  isNew(name: string): boolean;
  hold(method: StageMethod, seed: number): HeldClassifier<Input, Settled>;
};

/** What `reader` answers with these weights. */
export const answersWith = <Input>(reader: Reader<Input>, weights: Weights): Answers<Input> => ({
  lengthOf: reader.lengthOf,
  logits: (inputs, chance) => reader.logits(weights, inputs, chance),
});
