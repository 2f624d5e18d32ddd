import type { ReportData } from '../../console/report/report-data.ts';
import { evaluateMultiLabel } from '../../training/evaluate-multi-label.ts';
import { evaluateValues } from '../../training/evaluate-values.ts';
import { evaluateVersion } from '../../training/evaluate-version.ts';
import type { VersionReport } from '../../training/evaluate-version.ts';

/** A report whose figures follow from its rows: 100 test rows, 50 of each of the first two labels, 80 of them right. */
export function reportScene({ labels = ['kept', 'returned'] }: { labels?: string[] } = {}): ReportData & {
  evaluation: VersionReport;
} {
  const [first, second] = [labels[0]!, labels[1]!];
  const rows = Array.from({ length: 100 }, (_, i) => ({ label: i < 50 ? first : second }));
  const outputs = rows.map(({ label }, i) => {
    const isWrong = label === first ? i % 10 === 0 : i % 10 < 3;
    const said = isWrong === (label === first) ? second : first;
    return { label: said, scores: { [said]: 0.8, [said === first ? second : first]: 0.2 } };
  });
  return {
    name: 'returns',
    madeAt: '2026-03-02T10:00:00.000Z',
    files: { train: 'train.csv', test: 'test.csv' },
    rows: { train: 850, validation: 150, test: 100 },
    validationIs: 'drawn from each label, by the seed',
    labelColumn: 'outcome',
    truths: {
      kind: 'labels',
      labels: labels.map((label) => ({ label, train: 425, validation: 75, test: 50 })),
    },
    columns: [
      { name: 'price', kind: 'number', missing: 0, values: '1 to 99, half of them up to 40' },
      { name: 'day', kind: 'category', missing: 0.02, values: 'Monday (20 %), Sunday (18 %) and 5 more' },
    ],
    leftOut: [{ column: 'id', because: 'it counts the rows' }],
    leakage: { rows: 2, share: 0.02, byChance: 0.03 },
    card: {
      rows: 1_003,
      kept: 1_000,
      duplicates: { exact: 3, near: 0 },
      conflicts: { groups: 1, examples: [{ lines: [7, 19], labels: ['kept', 'returned'] }] },
      labels: {
        counts: { kept: 500, returned: 500 },
        absent: [],
        imbalance: 1,
        majorityShare: 0.5,
        advice: null,
      },
      columns: { price: { kind: 'number', missingShare: 0, constant: false, min: 1, max: 99, mean: 45 } },
      nearTest: { rows: 1, examples: [{ train: 12, test: 5 }] },
      outOfRange: {
        values: 1,
        examples: [{ line: 31, column: 'price', problem: 'is 2000; in training it lies between 1 and 99' }],
      },
      notes: ['3 of 1003 rows are copies of another one, and are left out.'],
      suspects: {
        among: 150,
        found: 1,
        examples: [
          { line: 44, says: 'price: 3, day: Monday', given: 'kept', suggested: 'returned', margin: 0.62 },
        ],
      },
    },
    settings: [{ name: 'hidden layers', value: '32', because: 'few rows' }],
    search: {
      seconds: 12,
      trials: [
        { settings: 'full, hidden layers 8, learning rate 0.003', epochs: 7, loss: 0.42, score: 0.84 },
        { settings: 'full, hidden layers 32, learning rate 0.9', epochs: 3, loss: null, score: null },
      ],
    },
    training: {
      seconds: 3.2,
      steps: 300,
      epochs: 3,
      bestEpoch: 2,
      backend: 'tensorflow-cpu',
      peakMemoryMb: 410,
      trainableParameters: 354,
      totalParameters: 354,
      notes: ['"size" is constant in the training rows, so it says nothing to this version.'],
    },
    curve: [1, 2, 3].map((epoch) => ({
      epoch,
      step: 100 * epoch,
      trainLoss: 0.6 / epoch,
      validation: { loss: [0.6, 0.45, 0.5][epoch - 1]!, score: [0.7, 0.8, 0.78][epoch - 1]! },
    })),
    evaluation: evaluateVersion({
      task: { labels },
      rows,
      outputs,
      trainingShares: { [first]: 0.5, [second]: 0.5 },
      slicesOf: (i) => ({ day: i < 50 ? 'Monday' : 'Sunday', price: i % 2 ? 'up to 40' : 'above 40' }),
      seed: 1,
    }),
  };
}

/** The same of a regression: truths from 0 to 99, every fourth answer is 8 off. */
export function valueReportScene(): ReportData {
  const truths = Array.from({ length: 100 }, (_, i) => i);
  return {
    ...reportScene(),
    name: 'rent',
    labelColumn: 'price',
    truths: { kind: 'values', training: '0 to 99, half of them up to 49' },
    evaluation: evaluateValues({
      truths,
      answers: truths.map((truth, i) => truth + (i % 4 === 0 ? 8 : 0)),
      trainingMean: 49.5,
      slicesOf: (i) => ({ quarter: i % 4 === 0 ? 'first' : 'other' }),
      seed: 1,
    }),
  };
}

/** The same of rows with any number of labels: 50 are about a card, half of these urgent too, which is seen in 15. */
export function multiLabelReportScene(): ReportData {
  const rows = Array.from({ length: 100 }, (_, i) => ({
    labels: i >= 50 ? [] : i % 2 ? ['card', 'urgent'] : ['card'],
  }));
  return {
    ...reportScene({ labels: ['card', 'urgent'] }),
    name: 'topics',
    evaluation: evaluateMultiLabel({
      task: { labels: ['card', 'urgent'] },
      rows,
      outputs: rows.map(({ labels }, i) => ({
        labels: i < 30 ? labels : labels.filter((label) => label === 'card'),
        scores: { card: labels.includes('card') ? 0.9 : 0.1, urgent: i < 30 && i % 2 ? 0.8 : 0.2 },
      })),
      training: rows,
      slicesOf: (i) => ({ half: i < 50 ? 'first' : 'second' }),
      seed: 1,
    }),
  };
}
