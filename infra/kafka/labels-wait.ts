/**
 * Labels wait for the predictions of their time.
 *
 * A label that is taken before its prediction costs a place to wait, which is then filled in: two versions of a row
 * instead of one, and a second look for what waited (docs/decisions/ingest-speed.md). Live traffic never waits; a
 * consumer that is behind goes through both topics in the order of time.
 *
 * It is about speed only: whichever comes first, the two are joined. So nothing breaks where clocks are wrong or
 * another consumer has the predictions, and nothing waits for longer than `patienceMs`.
 */
export type LabelsWait = {
  /** These partitions of the predictions are ours now; how far behind they are is not known yet. */
  assigned(partitions: readonly number[]): void;
  /** A partition of the predictions has been taken up to this time (ms), or whole. */
  reached(partition: number, time: number | 'its end'): void;
  /** Whether labels of this partition, up to this time (ms), are ahead of some predictions. */
  isEarly(partition: number, time: number): boolean;
  /** `go` is called once: when they are no longer, when partitions change hands, or when patience ends. */
  hold(partition: number, time: number, go: () => void): void;
};

type Held = { time: number; go: () => void; timer: NodeJS.Timeout };

export function createLabelsWait({ patienceMs = 10_000 } = {}): LabelsWait {
  /** Partitions of the predictions that are behind, with the time of the last record that was taken of each. */
  const behind = new Map<number, number>();
  const held = new Map<number, Held>();
  const impatient = new Set<number>();

  const isAhead = (time: number) => [...behind.values()].some((reached) => reached < time);
  const release = (partition: number, { go, timer }: Held) => {
    clearTimeout(timer);
    held.delete(partition);
    go();
  };
  const releaseWhere = (may: (time: number) => boolean) => {
    const free = [...held].filter(([, { time }]) => may(time));
    for (const [partition, one] of free) release(partition, one);
  };
  return {
    assigned(partitions) {
      behind.clear();
      impatient.clear();
      for (const partition of partitions) behind.set(partition, -Infinity);
      releaseWhere(() => true);
    },
    reached(partition, time) {
      if (time === 'its end') behind.delete(partition);
      else behind.set(partition, time);
      releaseWhere((t) => !isAhead(t));
    },
    isEarly: (partition, time) => !impatient.delete(partition) && isAhead(time),
    hold(partition, time, go) {
      const timer = setTimeout(() => {
        impatient.add(partition);
        release(partition, held.get(partition)!);
      }, patienceMs).unref();
      held.set(partition, { time, go, timer });
    },
  };
}
