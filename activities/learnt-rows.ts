import type { SnapshotPart } from '../domain/examples.ts';
import { LEARNT_DIGITS, type GoldenRow, type Learnt } from '../domain/golden.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import { learntFrom } from '../training/learnt-file.ts';
import type { Ports } from './ports.ts';

/** What only measures is known to a training, too: it says how far to go. */
const PARTS: readonly SnapshotPart[] = ['train', 'validation', 'rehearsal', 'golden'];

/** What a version has learnt from a snapshot, and before that in the version whose weights it went on from. */
export async function learntBy(
  { snapshots, versions }: Pick<Ports, 'snapshots' | 'versions'>,
  { name, input, base }: Pick<ModelConfig, 'name' | 'input' | 'base'>,
  { snapshotId, wentOnFrom }: { snapshotId: string; wentOnFrom: string | null },
): Promise<Learnt> {
  // What a base of somebody else's has learnt is not known.
  const before: Learnt =
    wentOnFrom === null
      ? { rows: [], isWhole: base.kind !== 'pretrained' }
      : await versions.learnt(name, wentOnFrom);
  const own: string[] = [];
  let erased = 0;
  for (const part of PARTS) {
    const read = await snapshots.read(snapshotId, part);
    own.push(
      ...learntFrom(
        input,
        read.examples.map((example) => example.input),
      ),
    );
    erased += read.erased;
  }
  return { rows: [...new Set([...before.rows, ...own])], isWhole: before.isWhole && erased === 0 };
}

/** Golden rows that a version has learnt from: those it knows by heart, and tests nobody. */
export function goldenLearnt(golden: readonly Pick<GoldenRow, 'id'>[], { rows }: Learnt): string[] {
  const learnt = new Set(rows);
  return golden.map(({ id }) => id).filter((id) => learnt.has(id.slice(0, LEARNT_DIGITS)));
}
