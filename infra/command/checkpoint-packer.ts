import { packFolder } from './packed-folder.ts';
import type { PackLabel } from './packed-folder.ts';

/**
 * Packs each checkpoint that a program tells of into the job's file, one at a time; of those that come meanwhile only
 * the newest is packed next. One that cannot be packed makes an interruption dearer and does not end the training:
 * `onProblem` hears of it.
 */
export function checkpointPacker(
  { root, file, labelNow }: { root: string; file: string; labelNow: () => PackLabel },
  { onKept, onProblem }: { onKept: () => void; onProblem: (error: unknown) => void },
) {
  let next: string | null = null;
  let packing: Promise<void> | null = null;
  const packAll = async () => {
    while (next !== null) {
      const name = next;
      next = null;
      await packFolder({ root, name }, file, labelNow()).then(onKept, onProblem);
    }
    packing = null;
  };
  return {
    /** @param name of its folder below `root` */
    soon(name: string): void {
      next = name;
      packing ??= packAll();
    },
    async settled(): Promise<void> {
      await packing;
    },
  };
}
