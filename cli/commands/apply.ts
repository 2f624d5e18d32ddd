import { DriftloopError } from '../../domain/errors.ts';
import { everyModel } from '../../domain/person.ts';
import { loadConfig } from '../load-config.ts';
import type { Answer } from '../output.ts';
import { actWithLoop } from '../wiring.ts';

/** Stores a config; a model that is new gets its supervisor. */
export async function applyFile(file: string): Promise<Answer> {
  const { config } = await loadConfig(file);
  const need = { right: 'apply', model: everyModel } as const;
  return actWithLoop(need, async ({ stores, loop, environment, person }) => {
    refuseOtherNamespace(config.namespace, environment.namespace);
    const { digest, changed } = await stores.models.apply(config, person.name, person.via);
    for (const model of config.models) await loop.ensureSupervisor(model.name);
    const names = config.models.map((m) => m.name).join(', ');
    return {
      json: { digest, changed, models: config.models.map((m) => m.name) },
      text: changed
        ? `Applied ${names} (${digest.slice(0, 12)}).`
        : `Nothing has changed (${digest.slice(0, 12)}).`,
      next: 'driftloop model list',
    };
  });
}

/** A config for staging must not replace the one of production, whatever shell it was typed in. */
function refuseOtherNamespace(wanted: string, present: string): void {
  if (wanted === present) return;
  throw new DriftloopError(
    'DL_NAMESPACE_MISMATCH',
    `The config is for the namespace "${wanted}", and this environment is that of "${present}".`,
    { fix: `Set DRIFTLOOP_NAMESPACE=${wanted}, or change \`namespace\` in the config.` },
  );
}
