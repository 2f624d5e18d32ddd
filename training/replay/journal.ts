import { Contender } from './contender.ts';
import type { Look, PromotedBy, Replay, ReplayEvent, ReplayStream } from './stream.ts';

/** Rows on which a promotion is afterwards found to have been false. */
const HINDSIGHT_ROWS = 1_000;

/** Who answers a replayed stream, and what is written down about it. */
export class Journal<Model> {
  readonly stream: ReplayStream<Model>;
  champion: Contender<Model>;
  private versions = 1;
  private readonly events: ReplayEvent[] = [];
  private readonly answered: Uint8Array;

  constructor(stream: ReplayStream<Model>, firstChampion: Model) {
    this.stream = stream;
    this.champion = new Contender(stream, 1, firstChampion);
    this.answered = new Uint8Array(stream.labels.length - stream.firstRows);
  }

  *looks(): Generator<Look> {
    const { labels, firstRows, delay, decideEvery = 25 } = this.stream;
    for (let row = firstRows; row < labels.length; row += decideEvery) {
      yield { row, labelled: Math.max(firstRows, row - delay) };
    }
  }

  /** The champion answers the rows until the next look. */
  async answer({ row }: Look): Promise<void> {
    const { labels, firstRows, decideEvery = 25 } = this.stream;
    const errors = await this.champion.errors(row, Math.min(labels.length, row + decideEvery));
    this.answered.set(errors, row - firstRows);
  }

  async train(look: Look, window: { from: number; to: number }, reason: string): Promise<Contender<Model>> {
    const version = (this.versions += 1);
    const { from, to } = window;
    this.events.push({ ...look, kind: 'train', version, reason, from, to });
    return new Contender(this.stream, version, await this.stream.train({ from, to, version }));
  }

  async promote(look: Look, next: Contender<Model>, by: PromotedBy): Promise<void> {
    const to = Math.min(this.stream.labels.length, look.row + HINDSIGHT_ROWS);
    const [after, before] = [
      await next.countErrors(look.row, to),
      await this.champion.countErrors(look.row, to),
    ];
    const [version, over] = [next.version, this.champion.version];
    this.events.push({ ...look, kind: 'promote', version, over, by, isFalse: after > before });
    this.champion = next;
  }

  reject(look: Look, { version }: Contender<Model>, by: string): void {
    this.events.push({ ...look, kind: 'reject', version, by });
  }

  sum(): Replay {
    const { events, answered } = this;
    const errors = answered.reduce((sum, error) => sum + error, 0);
    const promotions = events.filter((event) => event.kind === 'promote');
    const trainings = events.filter((event) => event.kind === 'train').length;
    return {
      accuracy: 1 - errors / answered.length,
      errors,
      trainings,
      promotions: promotions.length,
      falsePromotions: promotions.filter((event) => event.isFalse).length,
      cost: errors + (this.stream.price ?? 50) * trainings,
      events,
      answered,
    };
  }
}
