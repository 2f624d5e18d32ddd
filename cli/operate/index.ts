/** `driftloop/operate`: what the command line does, for programs. */
export { openDriftloop } from './open-driftloop.ts';
export type { OpenDriftloop } from './open-driftloop.ts';
export { files } from './files.ts';
export { doctor, loadConfig, migrate, restore, rules } from './beside.ts';
export { DriftloopError } from '../../domain/errors.ts';
