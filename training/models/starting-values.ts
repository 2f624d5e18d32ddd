import type { Random } from '../random.ts';
import type { ParameterShape } from './parts.ts';

/** What a new parameter begins as: ones, zeros, or normal with its own spread. */
export function startingValues({ shape, starts }: ParameterShape, chance: Random): Float32Array<ArrayBuffer> {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (starts === 'zeros') return values;
  if (starts === 'ones') return values.fill(1);
  for (let i = 0; i < values.length; i += 1) values[i] = starts.spread * normal(chance);
  return values;
}

/** Box and Muller (1958); 1 − u keeps the logarithm finite. */
const normal = (chance: Random): number =>
  Math.sqrt(-2 * Math.log(1 - chance.uniform())) * Math.cos(2 * Math.PI * chance.uniform());
