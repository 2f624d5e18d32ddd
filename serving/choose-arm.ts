import { createHash } from 'node:crypto';
import type { Route } from '../domain/version.ts';

/** Who answers a prediction: the version that answers production, or the one on trial. */
export type Arm = 'champion' | 'challenger';

/**
 * Champion or challenger for one prediction, by a hash of `unit` (the entity where the model declares one, else the
 * prediction's id): the same unit gets the same arm for as long as the rollout lasts, and a unit that is on the
 * challenger stays there when its share grows. The challenger's name salts the hash, so that the next rollout is
 * tried on other units.
 */
export function chooseArm(route: Route, unit: string): Arm {
  const { challenger } = route;
  if (challenger === null || challenger.share <= 0) return 'champion';
  return unitInterval(`${route.model}/${challenger.version}/${unit}`) < challenger.share
    ? 'challenger'
    : 'champion';
}

/** A text spread evenly over [0, 1): the first 48 bits of its sha256. */
const unitInterval = (text: string): number =>
  createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
