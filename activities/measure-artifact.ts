import type { GateConfig } from '../domain/gate-config.ts';
import type { Example } from '../domain/examples.ts';
import { readOver } from '../training/adapters/over-base.ts';
import { p99Of, TIMED_ROWS, type MeasuredArtifact } from '../training/gate/artifact-checks.ts';
import { answersOf, type Answering } from './answers.ts';

/** Size and speed of a version, where the gate asks for them; null where it asks for neither. */
export async function measureArtifact(
  ports: Answering,
  version: { digest: string },
  examples: readonly Example[],
  { megabytesAtMost, p99MsAtMost }: GateConfig['artifact'],
): Promise<MeasuredArtifact | null> {
  if (megabytesAtMost === undefined && p99MsAtMost === undefined) return null;
  const over = await readOver(await ports.artifacts.open(version.digest));
  // What a server has to have, the base of an adapter included.
  const digests = [version.digest, ...(over === null ? [] : [over.digest])];
  const files = (await Promise.all(digests.map((digest) => ports.artifacts.files(digest)))).flat();
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (p99MsAtMost === undefined) return { bytes, p99Ms: null };
  const timed = examples.slice(0, TIMED_ROWS);
  // Loaded, and its first answers given: what is timed is what a server in service does.
  await answersOf(ports, version, timed);
  const times: number[] = [];
  for (const { input } of timed) {
    const began = performance.now();
    await ports.predictor.predict(version.digest, [input]);
    times.push(performance.now() - began);
  }
  return { bytes, p99Ms: p99Of(times) };
}
