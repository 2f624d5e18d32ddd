import { labelsOfText } from '../domain/answer-text.ts';
import { imageOf } from '../domain/input.ts';
import type { InputRow } from '../domain/input.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { DeclaredTask } from '../domain/task.ts';
import { reasons } from '../domain/teach.ts';
import type { QueueRow, Reason, TeachTally } from '../domain/teach.ts';
import { isRight } from '../statistics/is-right.ts';
import { chanceToDecide } from '../statistics/chance-to-decide.ts';

/** A queue as a person sees it: plain JSON, gathered at one moment. */
export type TeachView = Readonly<{
  model: string;
  task: DeclaredTask;
  /** The text feature, where the model reads a text and nothing else. */
  textOf: string | null;
  imageOf: string | null;
  rows: readonly QueueRow[];
  reasons: readonly Readonly<{ reason: Reason; rows: number }>[];
  today: Today;
  buys: Buys | null;
  /** The version that answers now. */
  champion: string | null;
}>;

export type Today = Readonly<{
  mine: number;
  team: number;
  wrong: number;
  told: number;
  twice: number;
  agreed: number;
}>;

/** What more labels would settle, where a run waits for them. */
export type Buys = Readonly<{
  challenger: string;
  runId: string;
  /** Labels that the test has, and with which it would probably be decided. */
  now: number;
  settles: number;
  curve: readonly (readonly [labels: number, chance: number])[];
}>;

/** Labels that a gate wants before it decides are worth a curve of so many points. */
const POINTS = 48;

export type Order = 'useful' | 'newest';

/** The most useful first: of equal worth the newest; or simply the newest. */
export const inOrder = (rows: readonly QueueRow[], order: Order): QueueRow[] =>
  rows.toSorted((a, b) =>
    order === 'useful' && a.worth !== b.worth ? b.worth - a.worth : Date.parse(b.at) - Date.parse(a.at),
  );

export function teachView({
  config: { name, task, input },
  rows,
  order,
  tally,
  held,
  champion,
}: {
  config: Pick<ModelConfig, 'name' | 'task' | 'input'>;
  rows: readonly QueueRow[];
  order: Order;
  tally: TeachTally;
  /** The run whose gate waits for labels. */
  held: { runId: string; challenger: string; rows: number; labelsNeeded: number } | null;
  champion: string | null;
}): TeachView {
  const [only, ...others] = Object.entries(input);
  const told = tally.told.reduce((sum, { rows: n }) => sum + n, 0);
  const right = tally.told.reduce(
    (sum, { answer, label, rows: n }) => sum + (isRight(task, answer, label) ? n : 0),
    0,
  );
  const { mine, team, twice, agreed } = tally;
  return {
    model: name,
    task,
    textOf: others.length === 0 && only?.[1].kind === 'text' ? only[0] : null,
    imageOf: imageOf(input)?.name ?? null,
    rows: inOrder(rows, order),
    reasons: reasons
      .map((reason) => ({ reason, rows: rows.filter((row) => row.reason === reason).length }))
      .filter((one) => one.rows > 0),
    today: { mine, team, twice, agreed, told, wrong: told - right },
    buys: held === null ? null : buysOf(held),
    champion,
  };
}

function buysOf({
  runId,
  challenger,
  rows: now,
  labelsNeeded,
}: {
  runId: string;
  challenger: string;
  rows: number;
  labelsNeeded: number;
}): Buys {
  const settles = now + labelsNeeded;
  const most = Math.ceil(settles * 1.25);
  const curve = Array.from({ length: POINTS + 1 }, (_, i) => {
    const labels = (most * i) / POINTS;
    return [labels, chanceToDecide(labels, settles)] as const;
  });
  return { runId, challenger, now, settles, curve };
}

/** The choices of a row, the likeliest first; those that have a key of their own. */
export function choicesOf(
  task: DeclaredTask,
  { answer, scores }: Pick<QueueRow, 'answer' | 'scores'>,
): { choices: { label: string; score: number | null; isAnswer: boolean }[]; more: number } {
  if (task.kind !== 'classification' && task.kind !== 'multi-label') return { choices: [], more: 0 };
  const said = task.kind === 'multi-label' ? labelsOfText(answer) : [answer];
  const all = task.labels.map((label) => ({
    label,
    score: scores[label] ?? null,
    isAnswer: said.includes(label),
  }));
  // A key is learnt by the hand: with few labels each keeps its own, whatever the model says.
  if (all.length <= 9) return { choices: all, more: 0 };
  const likeliest = all.toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0)).slice(0, 5);
  return { choices: likeliest, more: all.length };
}

/** The input on one line. */
export const lineOf = ({ textOf }: Pick<TeachView, 'textOf'>, input: InputRow): string =>
  textOf === null
    ? Object.entries(input)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(' · ')
    : String(input[textOf] ?? '');

/** How sure the answer was; null where the task has no such thing. */
export const surenessOf = (task: DeclaredTask, { answer, scores }: Pick<QueueRow, 'answer' | 'scores'>) =>
  task.kind === 'classification' ? (scores[answer] ?? null) : null;
