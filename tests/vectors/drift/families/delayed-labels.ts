import { expect } from 'vitest';
import { inKnownOrder } from '../../../../monitors/detectors/delayed-labels.ts';
import { checkEvery } from '../vector.ts';
import type { Vector } from '../vector.ts';

/** The row, and its label where that became known; null where it was asked for. */
type Event = [row: number, label: number | null];

export function delayedLabels({
  id,
  input,
  expected,
}: Vector<{ t: number[]; delay: number[]; y: number[] }>): void {
  const rows = input.t.map((at, i) => ({ at, knownAt: at + input.delay[i]! }));
  const events = inKnownOrder(rows).map(({ kind, row }) => [row, kind === 'label' ? input.y[row]! : null]);
  checkEvery(
    expected,
    {
      events_question_or_answer: (wanted: Event[]) => expect(events, id).toEqual(wanted),
      columns: (names: string[]) => expect(names).toHaveLength(2),
    },
    id,
  );
}
