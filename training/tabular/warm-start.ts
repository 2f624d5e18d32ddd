import { layersOf } from './network.ts';
import type { NetworkShape } from './network.ts';
import { encodedColumns, termInput } from './preprocessing.ts';
import type { Column, Preprocessing } from './preprocessing.ts';

/** Share of a text's terms: with fewer the network would say something else. */
const LEAST_TERMS_LEFT = 0.5;

type Trained = {
  preprocessing: Preprocessing;
  network: NetworkShape;
  labels: readonly string[];
  weights: Float32Array;
};
type Target = Omit<Trained, 'weights'>;

/**
 * Weights to begin from, so that the network computes on newly fitted preprocessing what the champion computes on its
 * own: preprocessing is fitted on the new training rows, and the first layer takes up the difference. Inputs that the
 * champion did not know begin at 0. Null with a sentence where the shapes do not fit.
 *
 * A number x was z = (x − m)·s and becomes z' = (x − m')·s', so kernel' = kernel·s/s' and bias' += kernel·s·(m' − m);
 * a missing value adds nothing in either, which its indicator has to keep true: indicator' −= kernel·s·(m' − m).
 *
 * A term of a text is looked up by its words, wherever it stands now, and kernel' = kernel·weight/weight'. What the champion
 * knew of terms that have become rare since is lost, so with less than half of them left there is no champion to keep.
 */
export function warmStart(from: Trained, to: Target): { weights: Float32Array } | { refusal: string } {
  const refusal = misfit(from, to);
  if (refusal !== null) return { refusal };
  const [first] = layersOf(to.network);
  const outputs = first!.outputs;
  const oldFirst = layersOf(from.network)[0]!;
  const weights = new Float32Array(first!.biasAt + from.weights.length - oldFirst.biasAt);
  weights.set(from.weights.subarray(oldFirst.biasAt), first!.biasAt);

  const oldAt = new Map(encodedColumns(from.preprocessing).map((name, i) => [name, i]));
  const oldColumns = new Map(from.preprocessing.columns.map((column) => [column.name, column]));
  encodedColumns(to.preprocessing).forEach((name, input) => {
    const old = oldAt.get(name);
    if (old !== undefined)
      weights.set(from.weights.subarray(old * outputs, (old + 1) * outputs), input * outputs);
  });

  const newAt = new Map(encodedColumns(to.preprocessing).map((name, i) => [name, i]));
  for (const column of to.preprocessing.columns) {
    const old = oldColumns.get(column.name);
    for (const [name, stretch] of reweighted(old, column)) {
      const input = newAt.get(name)!;
      for (let k = 0; k < outputs; k += 1) weights[input * outputs + k]! *= stretch;
    }
    const moved = restandardised(old, column);
    if (moved === null) continue;
    const input = newAt.get(`${column.name}:value`)!;
    const indicator = newAt.get(`${column.name}:missing`);
    for (let k = 0; k < outputs; k += 1) {
      const kernel = weights[input * outputs + k]!;
      weights[input * outputs + k] = kernel * moved.stretch;
      weights[first!.biasAt + k]! += kernel * moved.shift;
      if (indicator !== undefined) weights[indicator * outputs + k]! -= kernel * moved.shift;
    }
  }
  return { weights };
}

/** kernel' = kernel · stretch, bias' += kernel · shift; null for what is not a number on both sides. */
function restandardised(old: Column | undefined, now: Column): { stretch: number; shift: number } | null {
  if (old?.kind !== 'number' || now.kind !== 'number') return null;
  return {
    stretch: now.scale === 0 ? 0 : old.scale / now.scale,
    shift: old.scale * (now.mean - old.mean),
  };
}

/** kernel' = kernel · stretch, by the name of the encoded column, of the terms that a text has on both sides. */
function reweighted(old: Column | undefined, now: Column): [name: string, stretch: number][] {
  if (old?.kind !== 'text' || now.kind !== 'text') return [];
  const before = new Map(old.terms.map(({ term, weight }) => [term, weight]));
  return now.terms.flatMap(({ term, weight }) =>
    before.has(term) ? [[termInput(now.name, term), before.get(term)! / weight] as [string, number]] : [],
  );
}

function misfit(from: Trained, to: Target): string | null {
  const hidden = [from.network.hidden.join('×'), to.network.hidden.join('×')];
  if (hidden[0] !== hidden[1])
    return `its hidden layers are ${hidden[0] || 'none'}, the config asks for ${hidden[1] || 'none'}`;
  if (from.labels.join('\n') !== to.labels.join('\n'))
    return `it answers ${from.labels.join(', ')}, the config asks for ${to.labels.join(', ')}`;
  const oldColumns = new Map(from.preprocessing.columns.map((column) => [column.name, column]));
  return (
    to.preprocessing.columns
      .map((column) => otherText(oldColumns.get(column.name), column))
      .find((refusal) => refusal !== null) ?? null
  );
}

/** Why a column cannot be taken over where a text is on either side. */
function otherText(old: Column | undefined, now: Column): string | null {
  if (old === undefined || (old.kind !== 'text' && now.kind !== 'text')) return null;
  if (old.kind !== 'text' || now.kind !== 'text')
    return `to it "${now.name}" is a ${old.kind}, and the config says ${now.kind}`;
  const terms = new Set(now.terms.map(({ term }) => term));
  const left = old.terms.filter(({ term }) => terms.has(term)).length;
  return left < LEAST_TERMS_LEFT * old.terms.length
    ? `of the ${old.terms.length} words and pairs that it knows in "${now.name}" only ${left} are still frequent`
    : null;
}
