import { planConfig, refuseOrphans } from '../../console/policy/plan-config.ts';
import type { ConfigPlan } from '../../console/policy/plan-config.ts';
import { DriftloopError, ourError } from '../../domain/errors.ts';
import type { DriftloopConfig } from '../../domain/model-config.ts';
import { everyModel } from '../../domain/person.ts';
import type { Installation } from './installation.ts';

/** The config that is in force. */
export const configOf = ({ stores, environment, admit, loop }: Installation) => ({
  /**
   * Stores a config; a model that is new gets its supervisor.
   *
   * @throws DL_NAMESPACE_MISMATCH, DL_CONFIG_ORPHANS_RUN where a run that goes on could not go on by it
   */
  async apply(config: DriftloopConfig): Promise<{ digest: string; changed: boolean; models: string[] }> {
    const person = await admit({ right: 'apply', model: everyModel });
    const told = await loop();
    try {
      refuseOtherNamespace(config.namespace, environment.namespace);
      refuseOrphans(await planConfig(stores, config));
    } catch (error) {
      const { name: by, via } = person;
      const known = ourError(error);
      if (known !== null)
        await stores.audit.append({ action: 'apply', by, via, because: known.message, refused: known.code });
      throw error;
    }
    const { digest, changed } = await stores.models.apply(config, person.name, person.via);
    const models = config.models.map(({ name }) => name);
    for (const model of models) await told.ensureSupervisor(model);
    return { digest, changed, models };
  },

  /** What `apply` would do, and whether it would be refused; it only reads. Throws DL_NAMESPACE_MISMATCH. */
  async plan(config: DriftloopConfig): Promise<ConfigPlan> {
    // It shows what is declared of every model beside what would be.
    await admit({ right: 'view', model: everyModel });
    refuseOtherNamespace(config.namespace, environment.namespace);
    return planConfig(stores, config);
  },
});

/** A config for staging must not replace the one of production, whatever shell it was typed in. */
function refuseOtherNamespace(wanted: string, present: string): void {
  if (wanted === present) return;
  throw new DriftloopError(
    'DL_NAMESPACE_MISMATCH',
    `The config is for the namespace "${wanted}", and this environment is that of "${present}".`,
    { fix: `Set DRIFTLOOP_NAMESPACE=${wanted}, or change \`namespace\` in the config.` },
  );
}
