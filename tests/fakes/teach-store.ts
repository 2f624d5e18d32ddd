import { sourceOf } from '../../domain/teach.ts';
import type { QueueRow, Reason, Taken, TeachAnswer, TeachStore, TeachTally } from '../../domain/teach.ts';

type Said = TeachAnswer & { by: string; source: string };

/** A queue in memory: a test puts rows into `rows` and reads in `said` what was answered. */
export function fakeTeachStore(models: () => readonly string[]) {
  const rows = new Map<string, QueueRow[]>();
  const said: Said[] = [];
  const state = { problem: null as Error | null, tally: {} as Partial<TeachTally> };
  const unused = (): never => {
    throw new Error('the console does not ask for this');
  };
  const undone = () => new Set(said.filter(({ kind }) => kind === 'undo').map(({ value }) => value));
  const answered = (predictionId: string, by: string) =>
    said.some(
      (one) =>
        one.predictionId === predictionId &&
        one.kind !== 'undo' &&
        !undone().has(one.id) &&
        (one.kind !== 'skip' || one.by === by),
    );
  const open = (model: string, by: string) =>
    (rows.get(model) ?? []).filter(({ predictionId }) => !answered(predictionId, by));
  const take =
    (model: string, by: string) =>
    (answer: TeachAnswer): Taken => {
      if (said.some(({ id }) => id === answer.id)) return 'known';
      const row = rows.get(model)?.find(({ predictionId }) => predictionId === answer.predictionId);
      if (row === undefined) return 'gone';
      said.push({ ...answer, by, source: sourceOf(by, row.reason) });
      return 'taken';
    };
  const store: TeachStore = {
    async waiting() {
      return new Map(
        models().map((model) => {
          const counts: Partial<Record<Reason, number>> = {};
          for (const { reason } of open(model, '')) counts[reason] = (counts[reason] ?? 0) + 1;
          return [model, counts];
        }),
      );
    },
    recent: unused,
    disputes: unused,
    enqueue: unused,
    tidy: unused,
    relay: unused,
    async queue(model, by) {
      if (state.problem !== null) throw state.problem;
      return open(model, by);
    },
    find: async (model, ids) =>
      (rows.get(model) ?? []).filter(({ predictionId }) => ids.includes(predictionId)),
    async answer(model, { name }, answers) {
      if (state.problem !== null) throw state.problem;
      return answers.map(take(model, name));
    },
    async tally(_, by) {
      const labels = said.filter(({ id, kind }) => kind === 'label' && !undone().has(id));
      const mine = labels.filter((one) => one.by === by).length;
      return { mine, team: labels.length, told: [], twice: 0, agreed: 0, ...state.tally };
    },
  };
  return { ...store, rows, said, state };
}
