import { createHash } from 'node:crypto';
import type { Route } from '../domain/version.ts';

/** Which of the two routed versions answers. */
export type Answerer = 'champion' | 'challenger';

/**
 * In whose name an answer is counted. `baseline` is the champion too, on the sample that a challenger in a canary is
 * held against; `named` is whoever was asked for by name, outside any trial.
 */
export type Arm = Answerer | 'baseline' | 'named';

/** The two samples of a canary, which are made of one size where they can be. */
export const isCompared = (arm: Arm | 'shadow'): boolean => arm === 'challenger' || arm === 'baseline';

export const answererOf = (arm: Arm): Answerer => (arm === 'challenger' ? 'challenger' : 'champion');

/**
 * The arm of one prediction, by a hash of `unit` (the entity where the model declares one, else the prediction's id):
 * the same unit gets the same arm for as long as the step lasts, and a unit that is on the challenger stays there when
 * its share grows. The challenger's name salts the hash, so that the next rollout is tried on other units.
 *
 * In a canary with share s, units below s are the challenger's and the last min(s, 1 − s) are the baseline: both arms
 * are of one size up to a half, and begin and end together, which the rest of the champion's traffic did not.
 */
export function chooseArm(route: Route, unit: string): Exclude<Arm, 'named'> {
  const { challenger } = route;
  if (challenger === null || challenger.share <= 0) return 'champion';
  const { mode, share } = challenger;
  switch (mode) {
    case 'shadow':
      return 'champion';
    case 'bake':
      return 'challenger';
    case 'canary': {
      const place = placeOf(route, challenger.version, unit);
      if (place < share) return 'challenger';
      return place >= 1 - Math.min(share, 1 - share) ? 'baseline' : 'champion';
    }
    default:
      return mode satisfies never;
  }
}

/** Whether a version in shadow gets a copy: as sticky as an arm. */
export function isShadowed(route: Route, unit: string): boolean {
  const { challenger } = route;
  return challenger?.mode === 'shadow' && placeOf(route, challenger.version, unit) < challenger.share;
}

/** Every arm that a route decides for, with the version behind it. */
export function armsOf({ champion, challenger }: Route): { arm: Arm | 'shadow'; version: string }[] {
  const arms: { arm: Arm | 'shadow'; version: string }[] = [{ arm: 'champion', version: champion.version }];
  if (challenger === null) return arms;
  if (challenger.mode === 'canary') arms.push({ arm: 'baseline', version: champion.version });
  const arm = challenger.mode === 'shadow' ? 'shadow' : 'challenger';
  return [...arms, { arm, version: challenger.version }];
}

/** Where a unit lies in [0, 1), evenly spread: the first 48 bits of a sha256. */
const placeOf = ({ model }: Route, challenger: string, unit: string): number =>
  createHash('sha256').update(`${model}/${challenger}/${unit}`).digest().readUIntBE(0, 6) / 2 ** 48;
