import { createHash } from 'node:crypto';
import type { InputRow } from '../../domain/input.ts';
import type { ReferenceShares } from '../../domain/reference-shares.ts';
import type { DeclaredTask, Regression } from '../../domain/task.ts';
import { partitionOf, reasons } from '../../domain/teach.ts';
import type { ChosenRow, Dispute, Reason, TeachRow } from '../../domain/teach.ts';
import { noveltiesIn } from './novelty.ts';
import { tieOf } from './uncertainty.ts';

/** Rows that wait at most, and how many of them are drawn at random: those test, so they are not crowded out. */
export const teachBudget = { open: 64, random: 20 };

/** Below this nobody's time is asked for: the two likeliest labels are half of everything apart. */
const LEAST_TIE = 0.5;

export type Choice = Readonly<{
  task: Pick<DeclaredTask, 'kind'> & Pick<Partial<Regression>, 'tolerance'>;
  /** Newest first, open or not: what is not new is seen by the others. */
  rows: readonly TeachRow[];
  disputes: readonly Dispute[];
  /** What the champion has learnt from. */
  reference: ReferenceShares | null;
  /** Rows that wait already. */
  waiting: Partial<Record<Reason, number>>;
  /** What those say. */
  asked?: readonly InputRow[];
  /** The same seed draws the same rows. */
  seed: string;
  budget?: { open: number; random: number };
}>;

/**
 * Which rows a person should be asked about, and why: first the free places of the random draw, then the picked ones in
 * turn, new, unsure and disputed, so that none crowds out another. Of rows that say the same one is enough, the ones
 * that wait already among them.
 */
export function chooseRows({
  task,
  rows,
  disputes,
  reference,
  waiting,
  asked = [],
  seed,
  budget = teachBudget,
}: Choice): ChosenRow[] {
  const open = (reason: Reason) =>
    rows.filter(({ isOpen, partition }) => isOpen && partition === partitionOf(reason));
  const drawn = open('random')
    .map((row) => ({ row, draw: drawOf(seed, row.predictionId) }))
    .toSorted((a, b) => a.draw - b.draw)
    .slice(0, Math.max(0, budget.random - (waiting.random ?? 0)))
    .map(({ row, draw }) => choose(row, 'random', 'drawn at random', draw));
  const pickable = open('new');
  const lists = [
    newRows(task, pickable, rows, reference),
    unsureRows(task, pickable),
    [...disputesOf(task, disputes), ...versionsDiffer(task, pickable, rows)],
  ];
  const waits = reasons.reduce((sum, one) => sum + (one === 'random' ? 0 : (waiting[one] ?? 0)), 0);
  const inputs = new Map(rows.map(({ predictionId, input }) => [predictionId, JSON.stringify(input)]));
  const keyOf = ({ predictionId }: ChosenRow) => inputs.get(predictionId) ?? predictionId;
  const taken = new Set([...asked.map((input) => JSON.stringify(input)), ...drawn.map(keyOf)]);
  return [...drawn, ...inTurn(lists, budget.open - budget.random - waits, keyOf, taken)];
}

const choose = (
  { predictionId }: Pick<TeachRow, 'predictionId'>,
  reason: Reason,
  because: string,
  worth: number,
): ChosenRow => ({ predictionId, reason, because, worth });

/** Even over 0 to 1, and the same for the same seed: it knows nothing of what is in the row. */
const drawOf = (seed: string, predictionId: string): number =>
  createHash('sha256').update(`${seed}\n${predictionId}`).digest().readUIntBE(0, 6) / 2 ** 48;

function newRows(
  task: Choice['task'],
  pickable: readonly TeachRow[],
  rows: readonly TeachRow[],
  reference: ReferenceShares | null,
): ChosenRow[] {
  const novelties = noveltiesIn(rows, reference);
  return pickable
    .flatMap((row) => {
      const novelty = novelties.find(({ has }) => has(row.input));
      if (novelty === undefined) return [];
      const tie = tieOf(task, row.scores)?.tie ?? 0;
      return [choose(row, 'new', novelty.what, (1 + tie) / 2)];
    })
    .toSorted(byWorth);
}

const unsureRows = (task: Choice['task'], pickable: readonly TeachRow[]): ChosenRow[] =>
  pickable
    .flatMap((row) => {
      const found = tieOf(task, row.scores);
      if (found === null || found.tie < LEAST_TIE) return [];
      const because = found.between.map((label) => `${label} ${rate(row.scores[label]!)}`).join(', ');
      return [choose(row, 'unsure', because, found.tie)];
    })
    .toSorted(byWorth);

const rate = (p: number) => p.toFixed(2).replace(/^0/, '');

const disputesOf = (task: Choice['task'], disputes: readonly Dispute[]): ChosenRow[] =>
  disputes
    .filter(({ said }) => doDiffer(task, said))
    .map(({ predictionId, said, people }) => ({
      predictionId,
      reason: 'disputed',
      because: `${people} people said: ${said.map(short).join(', ')}`,
      worth: 1,
    }));

/** The same row was answered by two versions, and they do not agree. */
function versionsDiffer(
  task: Choice['task'],
  pickable: readonly TeachRow[],
  rows: readonly TeachRow[],
): ChosenRow[] {
  const answers = new Map<string, Map<string, string>>();
  for (const { input, version, answer } of rows) {
    const key = JSON.stringify(input);
    answers.set(key, (answers.get(key) ?? new Map<string, string>()).set(version, answer));
  }
  return pickable.flatMap((row) => {
    const said = [...answers.get(JSON.stringify(row.input))!];
    if (
      !doDiffer(
        task,
        said.map(([, answer]) => answer),
      )
    )
      return [];
    const because = said.map(([version, answer]) => `${version} says ${short(answer)}`).join(', ');
    return [choose(row, 'disputed', because, 0.8)];
  });
}

/** Numbers differ where they are further apart than a good answer may be off. */
function doDiffer({ kind, tolerance = 0 }: Choice['task'], said: readonly string[]): boolean {
  const numbers = kind === 'regression' ? said.map(Number) : [];
  if (numbers.length > 0 && numbers.every(Number.isFinite))
    return Math.max(...numbers) - Math.min(...numbers) > tolerance;
  return new Set(said).size > 1;
}

const short = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

const byWorth = (a: ChosenRow, b: ChosenRow) => b.worth - a.worth;

/** One from each list after the other, until the places are taken; no row and no input twice, and none that is `taken`. */
function inTurn(
  lists: readonly ChosenRow[][],
  places: number,
  keyOf: (row: ChosenRow) => string,
  taken: Set<string>,
): ChosenRow[] {
  const chosen: ChosenRow[] = [];
  const next = lists.map(() => 0);
  while (chosen.length < places && lists.some((list, i) => next[i]! < list.length))
    for (const [i, list] of lists.entries()) {
      let row = list[next[i]!];
      while (row !== undefined && taken.has(keyOf(row))) row = list[(next[i]! += 1)];
      if (row === undefined || chosen.length >= places) continue;
      next[i]! += 1;
      taken.add(keyOf(row));
      chosen.push(row);
    }
  return chosen;
}
