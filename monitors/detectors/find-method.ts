import { DriftloopError } from '../../domain/errors.ts';
import type { Knobs } from './knobs.ts';
import { everySampleTest } from './samples/every-sample-test.ts';
import type { SampleTest } from './samples/sample-test.ts';
import { everyStream } from './streams/every-stream.ts';
import type { Stream, StreamState } from './streams/stream-detector.ts';

export type Method =
  | { kind: 'stream'; method: Stream<Knobs, StreamState> }
  | { kind: 'samples'; method: SampleTest<Knobs> };

/** Underscores and capitals are no other name. */
const plain = (name: string): string => name.trim().toLowerCase().replaceAll('_', '-');

/**
 * The detector or test of a name, or of one of its other names.
 *
 * @throws DL_DETECTOR_UNKNOWN
 */
export function findMethod(name: string): Method {
  const wanted = plain(name);
  const stream = everyStream.find((one) => one.name === wanted);
  if (stream !== undefined) return { kind: 'stream', method: stream };
  const test = everySampleTest.find((one) => [one.name, ...(one.also ?? [])].includes(wanted));
  if (test !== undefined) return { kind: 'samples', method: test };
  throw new DriftloopError('DL_DETECTOR_UNKNOWN', `There is no detector and no test "${name}".`, {
    fix: `Of streams there are ${listed(everyStream)}; of two samples ${listed(everySampleTest)}.`,
  });
}

const listed = (methods: readonly { name: string }[]): string => methods.map(({ name }) => name).join(', ');
