import { image } from '../../domain/input.ts';
import { classification } from '../../domain/task.ts';
import { random } from '../../training/random.ts';

/** A small model of images: stripes lie, or stand. */
export const stripes = {
  task: classification({ labels: ['rows', 'columns'] }),
  input: { photo: image({ width: 8, height: 8, channels: 1 }) },
};

/** Grey images as rows of pixels. @param turned after a drift a person calls them the other way round */
export function stripeRows(count: number, seed: number, turned = false) {
  const chance = random(seed);
  return Array.from({ length: count }, () => {
    const lie = chance.uniform() < 0.5;
    const pixel = (y: number, x: number) => Math.round(((lie ? y : x) % 2) * 150 + 100 * chance.uniform());
    const pixels = Array.from({ length: 8 }, (_, y) => Array.from({ length: 8 }, (__, x) => pixel(y, x)));
    return { pixels, label: lie === turned ? 'columns' : 'rows' };
  });
}
