import type { InputRow } from '../../domain/input.ts';
import type { Output } from '../../domain/task.ts';
import { softmax } from '../softmax.ts';
import { plainLogits } from './plain-network.ts';
import { encode } from './preprocessing.ts';
import type { TrainedTabular } from './train-tabular.ts';

/** Rows that are computed at a time, so that a million rows need no more memory than a thousand. */
const CHUNK = 1024;

/** What the network says of raw rows: logits [rows, labels], or one number each. */
export function tabularLogits(
  { preprocessing, network, weights }: Pick<TrainedTabular, 'preprocessing' | 'network' | 'weights'>,
  rows: readonly InputRow[],
): Float32Array<ArrayBuffer> {
  const logits = new Float32Array(rows.length * network.outputs);
  for (let at = 0; at < rows.length; at += CHUNK) {
    const { matrix, rows: n } = encode(preprocessing, rows.slice(at, at + CHUNK));
    logits.set(plainLogits(network, weights, matrix, n), at * network.outputs);
  }
  return logits;
}

/** Answers rows in order: the label and calibrated scores. The first of equal scores wins. */
export function predictTabular(trained: TrainedTabular, rows: readonly InputRow[]): Output[] {
  return outputsOf(trained, tabularLogits(trained, rows), rows.length);
}

export function outputsOf(
  { model, network, temperature }: Pick<TrainedTabular, 'model' | 'network' | 'temperature'>,
  logits: Float32Array,
  rows: number,
): Output[] {
  const { labels } = model.task;
  return Array.from({ length: rows }, (_, row) => {
    const shares = softmax(logits, row * network.outputs, network.outputs, temperature);
    let top = 0;
    for (let c = 1; c < shares.length; c += 1) if (shares[c]! > shares[top]!) top = c;
    return { label: labels[top]!, scores: Object.fromEntries(labels.map((label, c) => [label, shares[c]!])) };
  });
}
