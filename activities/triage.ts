import { findBrokenFeatures } from '../monitors/broken-features.ts';
import type { Ports } from './ports.ts';

export type Triage = { kind: 'sound' | 'broken'; sentence: string };

/** Newest live inputs that are looked at. */
const NEWEST_INPUTS = 500;

/** Rules out that the data is broken rather than the world changed. */
export const createTriageActivities = ({
  models,
  versions,
  examples,
}: Pick<Ports, 'models' | 'versions' | 'examples'>) => ({
  /** Looks at the newest inputs. Safe to repeat: it only reads. */
  async triage({ model, configDigest }: { model: string; configDigest: string }): Promise<Triage> {
    const { input } = await models.getPinned(model, configDigest);
    const champion = await versions.champion(model);
    const reference = champion === null ? null : await versions.reference(model, champion.version);
    const rows = await examples.recentInputs(model, NEWEST_INPUTS);
    const broken = findBrokenFeatures({ features: Object.keys(input), rows, reference });
    return broken.length === 0
      ? {
          kind: 'sound',
          sentence: `The inputs look sound: in the newest ${rows.length} predictions no feature has gone missing or constant.`,
        }
      : {
          kind: 'broken',
          sentence: `Nothing is trained, because the data looks broken: ${broken.map((b) => b.sentence).join(' ')} Repair what sends it; a model must not learn from it.`,
        };
  },
});
