import { DriftloopError } from '../domain/errors.ts';
import type { Route } from '../domain/version.ts';
import type { Answerer } from './choose-arm.ts';
import type { Serving } from './served-routes.ts';

/** The version that a request asks for by its name, or by what it is just now. Without one the route chooses. */
export type NamedVersion = { version: string } | { label: string };

/**
 * Which of the routed versions a name means. Clients of TensorFlow Serving know numbers: `3` is `v3`.
 *
 * @throws DL_VERSION_NOT_SERVED, with those that answer here
 */
export function routedAs(route: Route, named: NamedVersion): Answerer {
  const arms = (['champion', 'challenger'] as const).filter((arm) => route[arm] !== null);
  const found = arms.find((arm) =>
    'label' in named
      ? arm === named.label
      : [named.version, `v${named.version}`].includes(route[arm]!.version),
  );
  if (found !== undefined) return found;
  const served = arms.map((arm) => `${route[arm]!.version} (${arm})`).join(' and ');
  const asked = 'label' in named ? `label "${named.label}"` : `version "${named.version}"`;
  throw new DriftloopError('DL_VERSION_NOT_SERVED', `${route.model} has no ${asked} here.`, {
    fix: `Here ${served} ${arms.length === 1 ? 'answers' : 'answer'}; ask for one of them, or leave the version out.`,
  });
}

/** A route on which one version answers everything: whoever names it wants no other, and takes no part in its trial. */
export function serveOnly(serving: Serving, named: NamedVersion): Serving {
  const arm = routedAs(serving.route, named);
  const { version, digest } = serving.route[arm]!;
  return {
    ...serving,
    route: { ...serving.route, champion: { version, digest }, challenger: null },
    keys: { champion: serving.keys[arm]! },
  };
}
