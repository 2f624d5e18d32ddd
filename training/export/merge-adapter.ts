import { readBaseConfig, writeModelFolder } from '../models/model-folder.ts';
import type { OverBase } from '../adapters/over-base.ts';
import { createSharedBases } from '../adapters/shared-bases.ts';
import type { Tf } from '../backend.ts';
import { describeVersion } from '../describe-version.ts';
import { settledWith } from '../fine-tuning/held-network.ts';
import type { Head } from '../models/heads.ts';

/**
 * Writes a version that is an adapter as one network that stands alone: the weights of its base with what was learnt in
 * them, one tensor in memory at a time beside the base. It answers as the version does but for rounding.
 *
 * @param folder of the version; its base lies beside it
 * @throws {DriftloopError} as `SharedBases.open`
 */
export async function mergeAdapter(tf: Tf, folder: string, over: OverBase, to: string): Promise<void> {
  const { network, dispose } = await createSharedBases(tf).open(folder, over, await headOf(folder));
  try {
    const parameters = settledWith(tf, network, network.adapter);
    // The config of the version names its labels, and its tokenizer is the one that it was trained with.
    await writeModelFolder(to, { ...(await readBaseConfig(folder)), parameters }, {}, folder);
  } finally {
    dispose();
  }
}

async function headOf(folder: string): Promise<Head> {
  const { task } = (await describeVersion(folder)).model;
  return 'labels' in task ? { kind: 'classes', classes: task.labels.length } : { kind: 'next-token' };
}
