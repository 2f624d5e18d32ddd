import type { ReplayStream } from './stream.ts';

/** Rows that are predicted at once. */
const BLOCK = 1024;

/** One version in a replay: its errors on any rows, predicted block by block when they are first asked for. */
export class Contender<Model> {
  readonly version: number;
  private readonly stream: ReplayStream<Model>;
  private readonly model: Model;
  private readonly wrong: Uint8Array;
  private readonly isScored: Uint8Array;

  constructor(stream: ReplayStream<Model>, version: number, model: Model) {
    this.stream = stream;
    this.version = version;
    this.model = model;
    this.wrong = new Uint8Array(stream.labels.length);
    this.isScored = new Uint8Array(Math.ceil(stream.labels.length / BLOCK));
  }

  /** Its errors on the rows [from, to), 1 for an error. */
  async errors(from: number, to: number): Promise<Uint8Array> {
    for (let block = Math.floor(from / BLOCK); block * BLOCK < to; block += 1) {
      if (!this.isScored[block]) await this.score(block);
    }
    return this.wrong.subarray(from, to);
  }

  async countErrors(from: number, to: number): Promise<number> {
    return (await this.errors(from, to)).reduce((sum, error) => sum + error, 0);
  }

  private async score(block: number): Promise<void> {
    const { labels, predict } = this.stream;
    const from = block * BLOCK;
    const to = Math.min(labels.length, from + BLOCK);
    const predicted = await predict(this.model, from, to);
    for (let row = from; row < to; row += 1) this.wrong[row] = predicted[row - from] === labels[row] ? 0 : 1;
    this.isScored[block] = 1;
  }
}

/** Rows [from, to) that only one of two versions got right. */
export async function discordance<Model>(
  ours: Contender<Model>,
  theirs: Contender<Model>,
  { from, to }: { from: number; to: number },
): Promise<{ wins: number; losses: number; rows: number }> {
  const [a, b] = [await ours.errors(from, to), await theirs.errors(from, to)];
  let [wins, losses] = [0, 0];
  for (let i = 0; i < a.length; i += 1) {
    if (a[i]! < b[i]!) wins += 1;
    else if (a[i]! > b[i]!) losses += 1;
  }
  return { wins, losses, rows: a.length };
}
