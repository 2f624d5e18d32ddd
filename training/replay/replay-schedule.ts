import type { Journal } from './journal.ts';

/** Trains at fixed rows on the newest labelled ones and promotes without a gate. `every: Infinity` is never. */
export async function replaySchedule<Model>(
  journal: Journal<Model>,
  { every, last }: { every: number; last: number },
): Promise<void> {
  let dueAt = journal.stream.firstRows + every;
  for (const look of journal.looks()) {
    if (look.row >= dueAt) {
      const window = { from: Math.max(0, look.labelled - last), to: look.labelled };
      await journal.promote(look, await journal.train(look, window, 'schedule'), 'schedule');
      dueAt += every;
    }
    await journal.answer(look);
  }
}
