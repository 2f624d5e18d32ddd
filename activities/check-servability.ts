import type { AnyOutput } from '../domain/task.ts';
import { answersOf } from './answers.ts';
import type { Ports } from './ports.ts';

export type Servability = { isServable: boolean; sentence: string };

/** Rows that a fresh process must answer as the evaluation did. */
const ROWS_TO_COMPARE = 100;
/** Scores may differ by what adding in another order changes. */
const SCORE_TOLERANCE = 1e-5;

type ServabilityPorts = Pick<Ports, 'examples' | 'predictor' | 'startPredictor' | 'artifacts'>;

/** Would a server be able to serve what the gate has judged? */
export const createServabilityActivities = (ports: ServabilityPorts) => ({
  /**
   * Loads the challenger in a fresh process from its stored artifact and compares the answers with those of the
   * evaluation. Safe to repeat: it only reads, and the process ends with it.
   */
  async checkServability(check: {
    model: string;
    challenger: { version: string; digest: string };
  }): Promise<Servability> {
    const { model, challenger } = check;
    const newest = await ports.examples.labelled(model);
    const rows = await ports.examples.range(model, { fromSeq: 1, toSeq: newest, limit: ROWS_TO_COMPARE });
    const judged = await answersOf(ports, challenger, rows);
    const fresh = await ports.startPredictor();
    try {
      const served = await answersOf({ ...ports, predictor: fresh }, challenger, rows);
      const differing = served.filter((output, i) => !isSame(output, judged[i])).length;
      return differing === 0
        ? {
            isServable: true,
            sentence: `${challenger.version} loads in a fresh process (${fresh.backend}) and answers ${rows.length} rows as it did before the gate.`,
          }
        : {
            isServable: false,
            sentence: `${challenger.version} cannot be served: a fresh process answers ${differing} of ${rows.length} rows otherwise than before the gate.`,
          };
    } finally {
      await fresh.close();
    }
  },
});

function isSame(a: AnyOutput, b: AnyOutput | undefined): boolean {
  if (b === undefined) return false;
  if ('value' in a) return 'value' in b && isNear(a.value, b.value);
  if ('text' in a) return 'text' in b && a.text === b.text;
  if (!('scores' in b)) return false;
  const isSameSaid =
    'label' in a
      ? 'label' in b && a.label === b.label
      : 'labels' in b && a.labels.join('\n') === b.labels.join('\n');
  return (
    isSameSaid &&
    Object.entries(a.scores).every(
      ([label, score]) => Math.abs(score - (b.scores[label] ?? NaN)) <= SCORE_TOLERANCE,
    )
  );
}

const isNear = (a: number, b: number): boolean =>
  Math.abs(a - b) <= SCORE_TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
