import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { Version } from '../../domain/version.ts';
import type { FineTuning, Stores } from '../wiring.ts';

/** Newest share of the rows that the first champion never sees; it is tested on them. */
const testShare = 0.1;
const leastRows = 100;

export type Bootstrap = {
  model: ModelConfig;
  rows: readonly InputRow[];
  labels: readonly string[];
  stores: Stores;
  tuning: FineTuning;
  by: string;
};

/**
 * Trains the first champion from rows in time order: the newest tenth tests, of the rest the newest share
 * validates. The model's production begins with it; a model that has a champion is refused.
 */
export async function bootstrapModel({
  model,
  rows,
  labels,
  stores,
  tuning,
  by,
}: Bootstrap): Promise<Version> {
  const present = await stores.versions.champion(model.name);
  if (present !== null) {
    throw new DriftloopError(
      'DL_ALREADY_BOOTSTRAPPED',
      `${model.name} already has a champion, ${present.version}.`,
      {
        fix: `Start a run with "driftloop run start ${model.name}", or import a version with "driftloop version import".`,
      },
    );
  }
  if (rows.length < leastRows) {
    throw new DriftloopError(
      'DL_TOO_FEW_ROWS',
      `${rows.length} rows are too few to train ${model.name}; ${leastRows} is the least.`,
      {
        fix: 'Give a longer file.',
      },
    );
  }
  const testFrom = Math.round(rows.length * (1 - testShare));
  const validationFrom = Math.round(testFrom * (1 - model.fineTune.validationShare));
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-bootstrap-'));
  try {
    const jsonLines = async (name: string, from: number, to: number) => {
      const file = path.join(scratch, name);
      const lines = rows
        .slice(from, to)
        .map((input, i) => JSON.stringify({ input, label: labels[from + i] }));
      await writeFile(file, `${lines.join('\n')}\n`);
      return file;
    };
    const outFolder = await mkdtemp(path.join(scratch, 'artifact-'));
    const report = await tuning.trainer.fineTune(
      {
        model,
        fineTune: model.fineTune,
        trainFile: await jsonLines('train.jsonl', 0, validationFrom),
        validationFile: await jsonLines('validation.jsonl', validationFrom, testFrom),
        warmStart: null,
        outFolder,
        lineage: { begunBy: 'bootstrap' },
      },
      { onProgress: () => {} },
    );
    const { digest } = await tuning.artifacts.put(outFolder);
    const accuracy = await accuracyOf(tuning, digest, rows.slice(testFrom), labels.slice(testFrom));
    const version = await stores.versions.register({
      model: model.name,
      digest,
      parent: null,
      runId: null,
      snapshotId: null,
      trainSeconds: report.seconds,
      accuracyOnTest: accuracy,
    });
    await stores.routes.promote(model.name, version.version, {
      by,
      because: `first champion, from ${rows.length} rows`,
    });
    return await stores.versions.get(model.name, version.version);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function accuracyOf(
  tuning: FineTuning,
  digest: string,
  rows: readonly InputRow[],
  labels: readonly string[],
): Promise<number> {
  await tuning.predictor.load(digest, await tuning.artifacts.open(digest));
  const outputs = await tuning.predictor.predict(digest, rows);
  await tuning.predictor.unload(digest);
  return outputs.filter((output, i) => output.label === labels[i]).length / rows.length;
}
