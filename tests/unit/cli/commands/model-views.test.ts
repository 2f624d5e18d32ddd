import { expect, test } from 'vitest';
import { showModel } from '../../../../cli/commands/model-views.ts';
import type { ModelStanding } from '../../../../cli/operate/model.ts';

test.each([
  [0, 'm: champion v1, 0 labelled rows,'],
  [1, 'm: champion v1, 1 labelled row,'],
  [1_204, 'm: champion v1, 1,204 labelled rows,'],
])('%d labelled rows are counted as one says it', (labelled, says) => {
  const standing = {
    name: 'm',
    champion: 'v1',
    labelled,
    regret: null,
    mode: 'auto',
    config: { retrain: { price: 20 } },
    budget: null,
    alarmBudget: null,
    versions: [],
    runs: [],
  } as unknown as ModelStanding;
  expect(showModel(standing).text).toContain(says);
});
