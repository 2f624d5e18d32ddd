import { labelsOfTask } from '../domain/task.ts';
import type { DeclaredTask } from '../domain/task.ts';
import type { Prediction } from './predict.ts';

/** A tensor as both protocols name it, in the words of the Open Inference Protocol; -1 is a row of the request. */
export type TensorSpec = Readonly<{
  name: string;
  datatype: 'FP64' | 'BYTES' | 'BOOL';
  shape: readonly [-1, ...number[]];
}>;

/** A tensor that a model answers, and how its part for one row stands in a prediction. */
export type OutputTensor = TensorSpec & { read: (answer: Prediction) => Cell | Cell[] };
type Cell = string | number | boolean;

/**
 * What a model answers, as tensors. Labels and scores stand in the order in which the config declares them, which is
 * `columns`; of a label that a version does not know the score is 0. Every row says by which version it was answered,
 * since in a rollout neighbours may differ, and by which id feedback reaches it.
 */
export function outputTensors(task: DeclaredTask): { tensors: OutputTensor[]; columns: readonly string[] } {
  const columns = labelsOfTask(task);
  const one = (name: string, datatype: TensorSpec['datatype'], read: OutputTensor['read']) =>
    ({ name, datatype, shape: [-1], read }) satisfies OutputTensor;
  const perLabel = (name: string, datatype: TensorSpec['datatype'], read: OutputTensor['read']) =>
    ({ name, datatype, shape: [-1, columns.length], read }) satisfies OutputTensor;
  const scores = perLabel('scores', 'FP64', (answer) =>
    columns.map((label) => ('scores' in answer ? (answer.scores[label] ?? 0) : 0)),
  );
  const answered = (): OutputTensor[] => {
    switch (task.kind) {
      case 'classification':
        return [one('label', 'BYTES', (answer) => ('label' in answer ? answer.label : '')), scores];
      case 'multi-label':
        return [
          perLabel('labels', 'BOOL', (answer) =>
            columns.map((label) => 'labels' in answer && answer.labels.includes(label)),
          ),
          scores,
        ];
      case 'regression':
        return [one('value', 'FP64', (answer) => ('value' in answer ? answer.value : 0))];
      case 'generation':
        return [one('text', 'BYTES', (answer) => ('text' in answer ? answer.text : ''))];
      default:
        return task satisfies never;
    }
  };
  return {
    tensors: [
      ...answered(),
      one('predictionId', 'BYTES', ({ predictionId }) => predictionId),
      one('version', 'BYTES', ({ version }) => version),
    ],
    columns,
  };
}
