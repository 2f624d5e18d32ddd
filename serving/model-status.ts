import { answeredShare } from '../domain/version.ts';
import type { RouteFollower } from './follow-routes.ts';
import { versionKey } from './loaded-versions.ts';

/** The state of one routed version, in the words of TensorFlow Serving, with its share of the traffic. */
export type VersionStatus = {
  version: string;
  state: 'LOADING' | 'AVAILABLE';
  status: { error_code: 'OK' | 'UNAVAILABLE'; error_message: string };
  role: 'champion' | 'challenger';
  share: number;
  digest: string;
};

/** What a server says of a model: the versions that it answers with, and those on their way in. */
export function modelStatus(follower: RouteFollower, model: string) {
  const { serving, pending, behind } = follower.stateOf(model);
  const loaded = new Set(follower.loaded());
  const route = serving?.route ?? pending?.route ?? null;
  const problem = pending?.problem ?? '';
  const versions: VersionStatus[] = [];
  for (const role of ['champion', 'challenger'] as const) {
    const routed = route?.[role];
    if (!route || !routed) continue;
    const available = serving !== null && loaded.has(versionKey({ model, ...routed }));
    const challengerShare = route.challenger === null ? 0 : answeredShare(route.challenger);
    versions.push({
      version: routed.version,
      state: available ? 'AVAILABLE' : 'LOADING',
      status: {
        error_code: available || problem === '' ? 'OK' : 'UNAVAILABLE',
        error_message: available ? '' : problem,
      },
      role,
      share: role === 'challenger' ? challengerShare : 1 - challengerShare,
      digest: routed.digest,
    });
  }
  return {
    model_version_status: versions,
    generation: route?.generation ?? null,
    pendingGeneration: serving !== null && pending !== null ? pending.route.generation : null,
    behindGeneration: behind,
    backend: follower.backend(),
  };
}
