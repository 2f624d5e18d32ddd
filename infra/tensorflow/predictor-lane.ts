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
  sentAt: number;
  crashes: number;
  onPiece: ((piece: Piece) => void) | undefined;
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
};

export type LaneOptions = {
  /** After so many requests a fresh child takes over; the old one answers what it has and ends. */
  recycleAfter: number;
  /** The same when it holds so many megabytes more than at its first answer: what leaks is not waited for. */
  recycleAfterGrowthMb?: number;
  /** A child that has been asked and says nothing for so long is killed: whatever holds it up holds up all others. */
  hungAfterMs?: number;
  onChild?: (pid: number) => void;
  /** Starts a child; another one in tests. */
  fork?: () => Child;
  clock?: () => number;
};

type Trying = Extract<ToPredictor, { kind: 'load' | 'predict' | 'write' }>;
/** Runs a version's own code, and so may be what a child dies of. */
const isTrying = (message: ToPredictor): message is Trying =>
  message.kind === 'load' || message.kind === 'predict' || message.kind === 'write';

/** A request that was in flight at so many crashes is probably their cause. */
const MAX_CRASHES = 3;
const BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;
/** How long a version is asked nothing, of which a request has ended a child so often. */
const REST_MS = 30_000;
const GROWTH_MB = 1_024;
/** Longer than any version takes that is well; writing tells its pieces. */
const HUNG_AFTER_MS = 900_000;

/**
 * One child process at a time, and whoever replaces it: after a crash, the fresh child loads what was loaded and gets
 * what was unanswered; after `recycleAfter` requests it is ready before the old one goes. Every request is answered
 * once.
 *
 * Versions share the child, not the blame: of what was in flight when it died, one request is asked at a time until it
 * has answered. So the next death names its cause, and others only wait. After `MAX_CRASHES` such deaths the request is
 * given up, and its version rests.
 */
export class PredictorLane {
  readonly #options: LaneOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #loads = new Map<string, Load>();
  /** Versions that were in flight when a child died, and have not answered since. */
  readonly #suspects = new Set<string>();
  /** Versions that are asked nothing, and until when. */
  readonly #resting = new Map<string, number>();
  #nextId = 1;
  #current: Child | null = null;
  #served = 0;
  #crashesInARow = 0;
  /** What the present child held at its first answer with the versions that it has. */
  #baseMb: number | null = null;
  #isClosed = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the child's answer; rejects with its error, or `DL_PREDICTION_CRASHED`, `DL_VERSION_CRASHES`,
   * `DL_PREDICTOR_CLOSED`.
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
    this.#refuseResting(request);
    const message: ToPredictor = { ...request, id: this.#nextId++ };
    if (message.kind === 'unload') this.#loads.delete(message.key);
    // From now on, not only from its answer: a fresh child that takes over meanwhile has to have it too.
    if (message.kind === 'load') this.#loads.set(message.key, message);
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#pending.set(message.id, {
        message,
        child: null,
        sentAt: 0,
        crashes: 0,
        onPiece,
        resolve,
        reject,
      });
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

  /** Once it has rested, a version is tried again: one request at a time, as any suspect. Loaded anew it is another. */
  #refuseResting(request: Request): void {
    if (request.kind === 'held') return;
    const until = this.#resting.get(request.key);
    if (until === undefined) return;
    if (isTrying({ ...request, id: 0 }) && request.kind !== 'load' && this.#now() < until)
      throw versionCrashes(request.key);
    this.#resting.delete(request.key);
  }

  #now(): number {
    return (this.#options.clock ?? Date.now)();
  }

  /** Nobody waits for it any more: its child is told, and what it still says is not heard. */
  #stop(id: number, reason: Error): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    if (pending.child?.process.connected)
      pending.child.process.send({ kind: 'stop', id } satisfies StopWriting);
    pending.reject(reason);
    this.#sendWaiting();
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
    const child = this.#options.fork?.() ?? forkChild('predictor-child');
    if (child.process.pid !== undefined) this.#options.onChild?.(child.process.pid);
    this.#current = child;
    this.#served = 0;
    this.#baseMb = null;
    const heard = { at: this.#now() };
    child.process.on('message', (message) => {
      heard.at = this.#now();
      this.#hear(child, message as FromPredictor);
    });
    this.#killWhenHung(child, heard);
    void child.exited.then((how) => this.#lost(child, how));
    // Ids that nobody waits for, but for a load that no child has got yet.
    const unsent = (load: Load) => this.#pending.get(load.id)?.child === null;
    for (const load of this.#loads.values())
      if (!unsent(load)) child.process.send({ ...load, id: 0 } satisfies ToPredictor);
    this.#sendWaiting();
  }

  #killWhenHung(child: Child, heard: Readonly<{ at: number }>): void {
    const { hungAfterMs = HUNG_AFTER_MS } = this.#options;
    const watch = setInterval(() => {
      const asked = [...this.#pending.values()].filter((pending) => pending.child === child);
      const longest = Math.min(...asked.map(({ sentAt }) => sentAt));
      if (asked.length > 0 && this.#now() - Math.max(longest, heard.at) > hungAfterMs)
        child.process.kill('SIGKILL');
    }, hungAfterMs / 4);
    // What it watches over keeps the process alive where that is needed.
    watch.unref();
    void child.exited.then(() => clearInterval(watch));
  }

  /** What no child has, as far as it may go. */
  #sendWaiting(): void {
    if (this.#current === null) return;
    for (const [id, pending] of this.#pending) if (pending.child === null) this.#send(id, this.#current);
  }

  /** Of suspects one request is in flight at a time. */
  #mayGo({ message }: Pending): boolean {
    const isSuspect = (other: ToPredictor) => isTrying(other) && this.#suspects.has(other.key);
    return (
      !isSuspect(message) ||
      ![...this.#pending.values()].some((other) => other.child !== null && isSuspect(other.message))
    );
  }

  #send(id: number, child: Child): void {
    const pending = this.#pending.get(id);
    if (!pending || !this.#mayGo(pending)) return;
    pending.child = child;
    pending.sentAt = this.#now();
    child.process.send(pending.message);
  }

  #hear(child: Child, message: FromPredictor): void {
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
    if (isTrying(pending.message) && this.#suspects.delete(pending.message.key)) this.#sendWaiting();
    if (message.kind === 'loaded') this.#baseMb = null;
    if (message.kind === 'predicted' && child === this.#current) this.#watchMemory(message.memoryMb);
  }

  #watchMemory(memoryMb: number): void {
    this.#baseMb ??= memoryMb;
    if (memoryMb - this.#baseMb > (this.#options.recycleAfterGrowthMb ?? GROWTH_MB)) this.#recycle();
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
    const cause = this.#causeAmong(unanswered.map(([, pending]) => pending));
    for (const [id, pending] of unanswered) {
      const { message } = pending;
      pending.child = null;
      if (isTrying(message)) this.#suspects.add(message.key);
      if (isTrying(message) && pending !== cause) continue;
      pending.crashes += 1;
      if (pending.crashes < MAX_CRASHES) continue;
      this.#pending.delete(id);
      if (message.kind !== 'held') this.#resting.set(message.key, this.#now() + REST_MS);
      pending.reject(crashed(how, child.tail()));
    }
    if (this.#current === child) {
      this.#current = null;
      if (!this.#isClosed && (this.#pending.size > 0 || this.#loads.size > 0)) this.#startSoon();
    } else if (this.#current) {
      this.#sendWaiting();
    }
  }

  /** What the child died of: what was alone, or alone suspect; null where nobody knows which of several it was. */
  #causeAmong(unanswered: readonly Pending[]): Pending | null {
    const trying = unanswered.filter(({ message }) => isTrying(message));
    const suspect = trying.filter(({ message }) => isTrying(message) && this.#suspects.has(message.key));
    for (const few of [trying, suspect]) if (few.length === 1) return few[0]!;
    return null;
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

const versionCrashes = (key: string) =>
  new DriftloopError(
    'DL_VERSION_CRASHES',
    `"${key}" has ended the process that answers, ${MAX_CRASHES} times over one request; it is asked nothing for ${REST_MS / 1_000} seconds.`,
    {
      fix: 'Look at the server log and at the artifact; if it is in production, go back: driftloop version rollback',
    },
  );
