import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Context } from '@temporalio/activity';
import { needingRoom } from '../domain/room.ts';
import type { Example, SnapshotPart } from '../domain/examples.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { TrainingReport } from '../domain/ports.ts';
import type { TrainingProgress } from '../domain/run.ts';
import type { Ports } from './ports.ts';

export type FineTuning = { runId: string; model: string; configDigest: string; snapshotId: string };
export type FineTuned = { digest: string; parent: string | null; report: TrainingReport };

/** Progress is written for people who watch: more often they cannot read. */
const SAVE_EVERY_MS = 500;

type TuningPorts = Pick<Ports, 'models' | 'versions' | 'snapshots' | 'runs' | 'artifacts' | 'trainer'>;

/** What runs on the training queue: nothing but fine-tuning. */
export const createFineTuneActivities = (ports: TuningPorts) => ({
  /**
   * Trains on a snapshot and stores the artifact. Safe to repeat: it begins again from the snapshot, and the same
   * artifact has the same digest. Heartbeats its progress; when the run is cancelled, the training child dies.
   */
  async fineTune({ runId, model, configDigest, snapshotId }: FineTuning): Promise<FineTuned> {
    const context = Context.current();
    const config = await ports.models.getPinned(model, configDigest);
    const champion = await ports.versions.champion(model);
    const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-run-'));
    const save = progressSaver(ports, runId);
    try {
      const outFolder = path.join(scratch, 'artifact');
      await mkdir(outFolder);
      const report = await ports.trainer.fineTune(
        {
          model: { name: config.name, task: config.task, input: config.input },
          fineTune: config.fineTune,
          trainFile: await materialise(ports, snapshotId, 'train', scratch),
          validationFile: await materialise(ports, snapshotId, 'validation', scratch),
          warmStart: await warmStartOf(ports, config, champion?.digest ?? null),
          outFolder,
          lineage: lineageOf({ runId, model, configDigest, snapshotId }, champion?.version ?? null),
        },
        {
          onProgress: (progress) => {
            context.heartbeat(progress);
            save.soon(progress);
          },
          signal: context.cancellationSignal,
        },
      );
      const { digest } = await ports.artifacts.put(outFolder);
      return { digest, parent: champion?.version ?? null, report };
    } finally {
      await save.settled();
      await rm(scratch, { recursive: true, force: true });
    }
  },
});
export type TrainingActivities = ReturnType<typeof createFineTuneActivities>;

/** JSON lines of what a snapshot names, for the time of this training only. */
async function materialise(
  { snapshots }: TuningPorts,
  snapshotId: string,
  part: SnapshotPart,
  folder: string,
): Promise<string> {
  const file = path.join(folder, `${part}.jsonl`);
  const { examples } = await snapshots.read(snapshotId, part);
  const line = ({ input, label }: Example) => `${JSON.stringify({ input, label })}\n`;
  await needingRoom(folder, () =>
    pipeline(Readable.from(examples).map(line), createWriteStream(file, { mode: 0o600 })),
  );
  return file;
}

const warmStartOf = async ({ artifacts }: TuningPorts, { base }: ModelConfig, digest: string | null) =>
  base.kind === 'champion' && digest !== null ? await artifacts.open(digest) : null;

const lineageOf = (
  { runId, configDigest, snapshotId }: FineTuning,
  parent: string | null,
): Record<string, string> => ({
  runId,
  snapshotId,
  configDigest,
  ...(parent === null ? {} : { parent }),
});

/** Writes the latest progress, one write at a time; what a slow store misses is replaced by what came after. */
function progressSaver({ runs }: TuningPorts, runId: string) {
  let waiting: TrainingProgress | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let lastAt = 0;
  const write = async () => {
    while (waiting !== null) {
      const progress = waiting;
      waiting = null;
      lastAt = Date.now();
      // Who watches misses a line; the training goes on.
      await runs.saveProgress(runId, progress).catch(() => {});
    }
    isWriting = false;
  };
  const begin = () => {
    if (isWriting) return;
    isWriting = true;
    writing = write();
  };
  return {
    soon(progress: TrainingProgress) {
      waiting = progress;
      if (Date.now() - lastAt >= SAVE_EVERY_MS) begin();
    },
    async settled() {
      await writing;
      begin();
      await writing;
    },
  };
}
