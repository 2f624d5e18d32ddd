import type { StreamMethodName } from '../../../domain/detector-config.ts';
import type { Knobs } from '../knobs.ts';
import { adwin } from './adwin.ts';
import { confidenceSequence } from './confidence-sequence.ts';
import { cusum } from './cusum.ts';
import { ddm } from './ddm.ts';
import { eddm } from './eddm.ts';
import { fhddm } from './fhddm.ts';
import { hddmA } from './hddm-a.ts';
import { hddmW } from './hddm-w.ts';
import { kswin } from './kswin.ts';
import { pageHinkley } from './page-hinkley.ts';
import { stepd } from './stepd.ts';
import type { Stream, StreamState } from './stream-detector.ts';

/** Every detector of streams, for whoever finds one by its name. */
export const everyStream: readonly Stream<Knobs, StreamState>[] = [
  adwin,
  ddm,
  eddm,
  hddmA,
  hddmW,
  fhddm,
  pageHinkley,
  kswin,
  stepd,
  cusum,
  confidenceSequence,
];

/** The detector of that name. */
export const streamOf = (method: StreamMethodName): Stream<Knobs, StreamState> =>
  everyStream.find(({ name }) => name === method)!;
