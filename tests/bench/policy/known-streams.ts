import path from 'node:path';
import { DriftloopError } from '../../../domain/errors.ts';
import { sharedFolder } from '../../support/shared-data.ts';

/** The open streams of the study of the policy. */
export const knownStreams = [
  { file: 'elec2.csv', label: 'class', ignore: ['date'] },
  { file: 'synthetic_sea_0123_abrupto_noise_0.2.csv', label: 'y', ignore: [] },
  { file: 'synthetic_mixed_0101_gradual.csv', label: 'y', ignore: [] },
];

/** Where such a file lies. Throws DL_DATA_MISSING where no folder of data is named. */
export function pathOf(file: string): string {
  if (sharedFolder !== null) return path.join(sharedFolder, 'data', file);
  throw new DriftloopError('DL_DATA_MISSING', 'There is no stream to replay: DRIFTLOOP_SHARED is not set.', {
    fix: 'Set DRIFTLOOP_SHARED to the folder with the reference data.',
  });
}
