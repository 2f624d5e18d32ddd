import { parseConfig } from '../../domain/config.ts';
import type { Stores } from '../../infra/postgres/open-stores.ts';

/** One model `m` with labels A and B and a number `x`, and versions v1… of it. */
export const declared = parseConfig({
  models: [
    {
      name: 'm',
      task: { kind: 'classification', labels: ['A', 'B'], codes: { '1': 'A', '2': 'B' } },
      input: { x: { kind: 'number' } },
    },
  ],
});

export async function declareModel(stores: Stores, versions = 2): Promise<void> {
  await stores.models.apply(declared);
  for (let i = 1; i <= versions; i += 1) {
    await stores.versions.register({
      model: 'm',
      digest: `digest-${i}`,
      parent: i === 1 ? null : `v${i - 1}`,
      runId: null,
      snapshotId: null,
      trainSeconds: null,
      accuracyOnTest: null,
    });
  }
}
