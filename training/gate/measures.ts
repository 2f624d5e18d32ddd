/**
 * How far off answers are, beside whether they are right: of numbers the mean absolute and root mean squared error and
 * the share of the spread that is explained, of several labels F1 over all of them, of texts chrF. Each is a figure of a
 * few sums over rows, so that rows can be drawn again for it; and plain data, so that it can be handed to a thread.
 */
import { labelsOfText } from '../../domain/answer-text.ts';
import type { GateMeasure } from '../../domain/gate-config.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import { chrf } from '../../statistics/chrf.ts';

/** What is made of the sums Σ of its columns over n rows. */
type Figure =
  /** Σ₀ / n */
  | 'mean'
  /** √(Σ₀ / n) */
  | 'root'
  /** 1 − Σ₀ / (Σ₂ − Σ₁² / n), columns: squared error, truth, squared truth */
  | 'explained'
  /** 2 Σ₀ / Σ₁, columns: labels in both, labels in either, counted in each */
  | 'f1';

export type Measure = Readonly<{ figure: Figure; columns: readonly Float64Array[] }>;
export type Measures = Readonly<Partial<Record<GateMeasure, Measure>>>;

/** @param answers, truths as domain/answer-text.ts writes them */
export function measuresOf(
  task: DeclaredTask,
  answers: readonly string[],
  truths: readonly string[],
): Measures {
  const column = (of: (row: number) => number) => Float64Array.from(answers, (_, row) => of(row));
  switch (task.kind) {
    case 'classification':
      return {};
    case 'regression': {
      const truth = column((row) => Number(truths[row]));
      const off = column((row) => Math.abs(Number(answers[row]) - truth[row]!));
      const squared = off.map((distance) => distance ** 2);
      return {
        mae: { figure: 'mean', columns: [off] },
        rmse: { figure: 'root', columns: [squared] },
        r2: { figure: 'explained', columns: [squared, truth, truth.map((value) => value ** 2)] },
      };
    }
    case 'multi-label': {
      const [said, has] = [answers, truths].map((texts) => texts.map(labelsOfText)) as [
        string[][],
        string[][],
      ];
      const both = column((row) => said[row]!.filter((label) => has[row]!.includes(label)).length);
      const either = column((row) => said[row]!.length + has[row]!.length);
      return { microF1: { figure: 'f1', columns: [both, either] } };
    }
    case 'generation':
      return { chrf: { figure: 'mean', columns: [column((row) => chrf(answers[row]!, truths[row]!))] } };
    default:
      return task satisfies never;
  }
}

/** The figure over rows that count as often as `weights` says; NaN where it is not defined. */
export function figureOf({ figure, columns }: Measure, weights: Int32Array): number {
  const sums = columns.map(() => 0);
  let rows = 0;
  for (let row = 0; row < weights.length; row += 1) {
    const weight = weights[row]!;
    if (weight === 0) continue;
    rows += weight;
    for (let c = 0; c < columns.length; c += 1) sums[c]! += weight * columns[c]![row]!;
  }
  const [first, second, third] = sums as [number, number, number];
  switch (figure) {
    case 'mean':
      return first / rows;
    case 'root':
      return Math.sqrt(first / rows);
    case 'explained':
      return 1 - first / (third - second ** 2 / rows);
    case 'f1':
      // Nothing to find and nothing found is perfect.
      return second === 0 ? 1 : (2 * first) / second;
    default:
      return figure satisfies never;
  }
}
