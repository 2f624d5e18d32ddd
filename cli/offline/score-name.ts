import type { Described } from './offline-task.ts';

/** What the score of a validation is, for a person. */
export type ScoreName = 'accuracy' | 'exactly right' | 'R²' | 'tokens foreseen' | 'preferences shared';

export function scoreName({ model, columns }: Described): ScoreName {
  const { kind } = model.task;
  switch (kind) {
    case 'classification':
      return 'accuracy';
    case 'multi-label':
      return 'exactly right';
    case 'regression':
      return 'R²';
    case 'generation':
      return columns.rejected === undefined ? 'tokens foreseen' : 'preferences shared';
    default:
      return kind satisfies never;
  }
}
