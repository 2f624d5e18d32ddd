import { expect, test } from 'vitest';
import { drawer } from '../../../statistics/drawer.ts';
import { eceOf, metricsOf, prepareAnswers } from '../../../training/metrics.ts';

test('the calibration error alone is that of all metrics, to the digit, whatever the weights', () => {
  const labels = ['A', 'B', 'C'];
  const draw = drawer(1);
  const rows = Array.from({ length: 500 }, () => ({ label: labels[draw(3)]! }));
  const outputs = rows.map(() => {
    const label = labels[draw(3)]!;
    const sure = 0.5 + draw(1_000) / 2_000;
    const scores = Object.fromEntries(labels.map((one) => [one, one === label ? sure : (1 - sure) / 2]));
    return { label, scores };
  });
  const answers = prepareAnswers({ labels }, rows, outputs);
  for (const most of [1, 2, 5]) {
    const weights = Int32Array.from(rows, () => (most === 1 ? 1 : draw(most)));
    expect(eceOf(answers, weights)).toBe(metricsOf(answers, weights).ece);
    expect(eceOf(answers, weights)).toBeGreaterThan(0);
  }
});
