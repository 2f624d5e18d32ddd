import { DriftloopError } from '../../domain/errors.ts';
import type { FromPredictor, StopWriting, ToPredictor } from './child-messages.ts';
import { forkChild } from './fork-child.ts';
import type { Child } from './fork-child.ts';
import { receiveError } from './sent-error.ts';

type WithoutId<T> = T extends { id: number } ? Omit<T, 'id'> : never;
type Request = WithoutId<ToPredictor>;
type Load = Extract<ToPredictor, { kind: 'load' }>;
type Piece = Extract<FromPredictor, { kind: 'piece' }>;
export type Answer = Exclude<FromPredictor, { kind: 'failed' | 'piece' }>;

type Pending = {
  message: ToPredictor;
  child: Child | null;
  crashes: number;
  onPiece: ((piece: Piece) => void) | undefined;
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
};

export type LaneOptions = {
  /** After so many requests a fresh child takes over; the old one answers what it has and ends. */
  recycleAfter: number;
  onChild?: (pid: number) => void;
};

/** A request that was in flight at so many crashes is probably their cause. */
const MAX_CRASHES = 3;
const BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;

/**
 * One child process at a time, and whoever replaces it: after a crash, the fresh child loads what was loaded and gets
 * what was unanswered; after `recycleAfter` requests it is ready before the old one goes. Every request is answered
 * once.
 */
export class PredictorLane {
  readonly #options: LaneOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #loads = new Map<string, Load>();
  #nextId = 1;
  #current: Child | null = null;
  #served = 0;
  #crashesInARow = 0;
  #isClosed = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the child's answer; rejects with its error, or `DL_PREDICTION_CRASHED`, `DL_PREDICTOR_CLOSED`.
   *
   * @param told.onPiece what comes before the answer; from its beginning again after a crash
   * @param told.signal gives the request up
   */
  async ask(
    request: Request,
    { onPiece, signal }: { onPiece?: (piece: Piece) => void; signal?: AbortSignal } = {},
  ): Promise<Answer> {
    if (this.#isClosed) throw closed();
    signal?.throwIfAborted();
    const message: ToPredictor = { ...request, id: this.#nextId++ };
    if (message.kind === 'unload') this.#loads.delete(message.key);
    // From now on, not only from its answer: a fresh child that takes over meanwhile has to have it too.
    if (message.kind === 'load') this.#loads.set(message.key, message);
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#pending.set(message.id, { message, child: null, crashes: 0, onPiece, resolve, reject });
    });
    const stop = () => this.#stop(message.id, signal!.reason as Error);
    signal?.addEventListener('abort', stop);
    // While a crashed child's successor waits for its time, requests wait with it.
    if (this.#current) this.#send(message.id, this.#current);
    else this.start();
    if (message.kind === 'predict' && ++this.#served >= this.#options.recycleAfter) this.#recycle();
    if (message.kind === 'load') answer.catch(() => this.#forget(message));
    return await answer.finally(() => signal?.removeEventListener('abort', stop));
  }

  /** Nobody waits for it any more: its child is told, and what it still says is not heard. */
  #stop(id: number, reason: Error): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    if (pending.child?.process.connected)
      pending.child.process.send({ kind: 'stop', id } satisfies StopWriting);
    pending.reject(reason);
  }

  /** A load that failed is not tried again in the next child; unless it was asked for anew. */
  #forget(load: Load): void {
    if (this.#loads.get(load.key) === load) this.#loads.delete(load.key);
  }

  /** Whether a child is there to be asked; asking starts one where there is none. */
  isStarted(): boolean {
    return this.#current !== null;
  }

  /** Starts the child before it is needed. */
  start(): void {
    if (this.#current === null && this.#restart === undefined && !this.#isClosed) this.#start();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    for (const { reject } of this.#pending.values()) reject(closed());
    this.#pending.clear();
    const child = this.#current;
    this.#current = null;
    if (child) await end(child);
  }

  /** A fresh child becomes the current one: it loads everything, then gets what no child has. */
  #start(): void {
    const child = forkChild('predictor-child');
    if (child.process.pid !== undefined) this.#options.onChild?.(child.process.pid);
    this.#current = child;
    this.#served = 0;
    child.process.on('message', (message) => this.#hear(message as FromPredictor));
    void child.exited.then((how) => this.#lost(child, how));
    // Ids that nobody waits for, but for a load that no child has got yet.
    const unsent = (load: Load) => this.#pending.get(load.id)?.child === null;
    for (const load of this.#loads.values())
      if (!unsent(load)) child.process.send({ ...load, id: 0 } satisfies ToPredictor);
    for (const [id, pending] of this.#pending) if (pending.child === null) this.#send(id, child);
  }

  #send(id: number, child: Child): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    pending.child = child;
    child.process.send(pending.message);
  }

  #hear(message: FromPredictor): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.kind === 'piece') {
      pending.onPiece?.(message);
      return;
    }
    this.#pending.delete(message.id);
    this.#crashesInARow = 0;
    if (message.kind === 'failed') pending.reject(receiveError(message.error));
    else pending.resolve(message);
  }

  #recycle(): void {
    const old = this.#current;
    if (!old) return;
    this.#start();
    const isBusy = () => [...this.#pending.values()].some(({ child }) => child === old);
    const watch = setInterval(() => {
      if (isBusy()) return;
      clearInterval(watch);
      void end(old);
    }, 20);
  }

  /** A child has ended that was not asked to. What it had not answered goes to its successor. */
  #lost(child: Child, how: string): void {
    const unanswered = [...this.#pending.entries()].filter(([, pending]) => pending.child === child);
    for (const [id, pending] of unanswered) {
      pending.child = null;
      pending.crashes += 1;
      if (pending.crashes < MAX_CRASHES) continue;
      this.#pending.delete(id);
      pending.reject(crashed(how, child.tail()));
    }
    if (this.#current === child) {
      this.#current = null;
      if (!this.#isClosed && (this.#pending.size > 0 || this.#loads.size > 0)) this.#startSoon();
    } else if (this.#current) {
      for (const [id] of unanswered) this.#send(id, this.#current);
    }
  }

  /** At once after a first crash; a child that keeps dying is given longer and longer pauses. */
  #startSoon(): void {
    const pause = this.#crashesInARow === 0 ? 0 : BACKOFF_MS * 2 ** this.#crashesInARow;
    this.#crashesInARow += 1;
    this.#restart = setTimeout(
      () => {
        this.#restart = undefined;
        this.#start();
      },
      Math.min(MAX_BACKOFF_MS, pause),
    );
  }
}

/** Closing the channel tells a child to end; one that does not is killed. */
async function end(child: Child): Promise<void> {
  const kill = setTimeout(() => child.process.kill('SIGKILL'), 2_000);
  if (child.process.connected) child.process.disconnect();
  await child.exited;
  clearTimeout(kill);
}

const closed = () =>
  new DriftloopError('DL_PREDICTOR_CLOSED', 'The server is stopping and answers no more predictions.', {
    fix: 'Send the request to another server, or again when this one is back.',
    retryable: true,
    status: 503,
  });

const crashed = (how: string, tail: string) =>
  new DriftloopError(
    'DL_PREDICTION_CRASHED',
    `The process that answers predictions ended by ${how}, ${MAX_CRASHES} times over this request.${tail ? ` It last said: ${tail.split('\n').slice(-3).join(' | ')}` : ''}`,
    {
      fix: 'Look at the server log; give the server more memory, or send fewer instances in one request.',
      retryable: true,
      status: 503,
    },
  );
