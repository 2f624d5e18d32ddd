import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { readDevFile, stateFolder, type DevFile } from '../../cli/dev-file.ts';
import type { Summary } from '../../cli/demo/summary.ts';
import { workflowIds } from '../../domain/names.ts';
import { random } from '../../training/random.ts';
import { startDemo } from '../end-to-end/demo-process.ts';
import { processesNaming } from '../support/processes.ts';
import { openLaws, type Breach } from './laws.ts';
import { kill, parts, secondsUntilBack, type Addresses, type PartName } from './parts.ts';

export type Kill = {
  part: PartName;
  /** Where the run was; `watching` where there was none. */
  phase: string;
  /** Until it was back, the supervisor answered and feedback was taken in; null: not within the patience. */
  backAfterSeconds: number | null;
};

export type Story = {
  seed: number;
  kills: Kill[];
  breaches: Breach[];
  summary: Summary;
  /** Processes that outlived their parent. */
  leftBehind: string[];
};

export type StoryOptions = {
  seed: number;
  mostKills: number;
  /** From when a part is back until the next is killed, at most, in milliseconds. */
  longestPauseMs?: number;
  /** Rows per second. */
  pace?: number;
  onKill?: (kill: Kill) => void;
};

const backWithinMs = 60_000;
/** A part that ends again and again within a minute is given up (infra/local/revive.ts): that is another story. */
const restMs = 13_000;
const lookEveryMs = 250;
const settleWithinMs = 30_000;
const namespace = 'default';

/**
 * A whole loop, as a user starts it, while one part after the other is killed with -9 at seeded moments; and the laws
 * are asked all the time. Kills end with the story: when a version was promoted after the change, or the demo gave up.
 */
export async function playStory(options: StoryOptions): Promise<Story> {
  const { seed, pace = 60 } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-chaos-'));
  const demo = startDemo(
    ['--until', 'promoted', '--keep', '--pace', `${pace}`, '--seed', `${seed}`, '--timeout', '400'],
    folder,
  );
  try {
    await demo.line('progress');
    const dev = readDevFile(stateFolder(folder));
    if (dev === null) throw new Error(`the demo wrote no dev file: ${demo.said()}`);
    const stateDir = path.dirname(dev.environment['DRIFTLOOP_ARTIFACTS']!);
    const laws = await openLaws(dev.environment['DATABASE_URL']!, namespace);
    const breaches = new Map<string, Breach>();
    const note = (found: readonly Breach[]) => found.forEach((b) => breaches.set(`${b.law}: ${b.of}`, b));
    const isOver = { yes: false };
    const watching = (async () => {
      while (!isOver.yes) {
        note(await laws.askAlways());
        await wait(lookEveryMs);
      }
    })();
    const summaryLine = demo.line('summary').finally(() => (isOver.yes = true));
    const killing = killParts({
      ...options,
      dev,
      stateDir,
      isOver,
      laws,
    });
    await summaryLine;
    const [kills] = await Promise.all([killing, watching]);
    note(await settled(laws));
    await laws.close();
    demo.child.kill('SIGINT');
    await demo.exited;
    const leftBehind = processesNaming(stateDir).map(({ command }) => command);
    return { seed, kills, breaches: [...breaches.values()], summary: demo.summary(), leftBehind };
  } finally {
    await demo.end();
    await rm(folder, { recursive: true, force: true });
  }
}

async function killParts({
  seed,
  mostKills,
  longestPauseMs = 2_000,
  onKill = () => {},
  dev,
  stateDir,
  isOver,
  laws,
}: StoryOptions & {
  dev: DevFile;
  stateDir: string;
  isOver: { yes: boolean };
  laws: Laws;
}): Promise<Kill[]> {
  const chance = random(seed);
  const { addresses } = dev;
  const asked = {
    ...addresses,
    temporal: dev.environment['DRIFTLOOP_TEMPORAL_ADDRESS']!,
  } as unknown as Addresses;
  const model = await laws.model();
  const kills: Kill[] = [];
  const killedAt = new Map<PartName, number>();
  while (!isOver.yes && kills.length < mostKills) {
    // What happens while nothing happens is soon known; the moments of a run are few.
    const longest = (await laws.phase()) === 'watching' ? 4 * longestPauseMs : longestPauseMs;
    const rested = parts.filter((part) => Date.now() - (killedAt.get(part) ?? 0) > restMs);
    const part = rested[Math.floor(chance.uniform() * rested.length)]!;
    await wait(chance.uniform() * longest);
    if (isOver.yes) break;
    const at = await laws.phase();
    const pid = kill(stateDir, part);
    if (pid === null) continue;
    killedAt.set(part, Date.now());
    const before = await laws.labelled();
    const backAfterSeconds = await secondsUntilBack(
      { stateDir, part, pid, addresses: asked },
      // Production goes on, so what is stored grows unless nothing is taken in; once the story is over it need not.
      async () =>
        (await isCarriedOn(asked.temporal, model, pid)) && (isOver.yes || (await laws.labelled()) > before),
      backWithinMs,
    );
    kills.push({ part, phase: at, backAfterSeconds });
    onKill(kills.at(-1)!);
  }
  return kills;
}

/** Whether a worker has loaded the supervisor's history and answers for it, and nothing waits for one that is dead. */
async function isCarriedOn(address: string, model: string, killedPid: number): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    try {
      const { workflow } = new Client({ connection });
      const handle = workflow.getHandle(workflowIds.supervise(namespace, model));
      return await connection.withDeadline(Date.now() + 5_000, async () => {
        await handle.query('__stack_trace');
        for await (const { workflowId } of workflow.list({ query: 'ExecutionStatus = "Running"' })) {
          const { raw } = await workflow.getHandle(workflowId).describe();
          if ((raw.pendingActivities ?? []).some((activity) => isHeldBy(activity, killedPid))) return false;
        }
        return true;
      });
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

type PendingActivity = { state?: unknown; lastWorkerIdentity?: string | null };

/** Temporal believes that this worker is at it. A worker's identity is its process' id and its host. */
const isHeldBy = ({ state, lastWorkerIdentity }: PendingActivity, pid: number): boolean =>
  state === STARTED && lastWorkerIdentity?.startsWith(`${pid}@`) === true;
const STARTED = 2;

/** Whether the loop closed: its own verdict promoted a version after the change, production recovered, nothing was lost. */
export const hasClosed = ({ runs, accuracy, events }: Summary): boolean =>
  runs.some((run) => run.promotedAt !== null && run.verdict === 'promote') &&
  (accuracy.after ?? 0) > (accuracy.during ?? 1) &&
  // A request whose answer was lost with its server may have been stored all the same.
  events.stored >= events.predictions + events.feedback &&
  events.deadLettered === 0;

/** What is on its way arrives; then the laws of the end must hold. */
type Laws = Awaited<ReturnType<typeof openLaws>>;

async function settled(laws: Laws): Promise<Breach[]> {
  const deadline = Date.now() + settleWithinMs;
  for (;;) {
    const found = await laws
      .askAtTheEnd()
      .catch((error: unknown) => [{ law: 'the installation stays up', of: String(error) }]);
    if (found.length === 0 || Date.now() > deadline) return found;
    await wait(500);
  }
}
