import { chooseProduction, type Production } from '../../cli/demo/choose-production.ts';
import type { StreamRow } from '../../cli/demo/streams/stream.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { driftAtRows, simulate } from '../../examples/demo/simulate.ts';

const [turn] = driftAtRows as [number];

/** The production of `driftloop demo`, for a model that is declared a little otherwise. */
export async function demoProduction(
  pace: number,
  change: (model: ModelConfig) => ModelConfig,
): Promise<Production> {
  const production = await chooseProduction({ pace });
  const model = change(production.model);
  return { ...production, model, config: { ...production.config, models: [model] } };
}

/** The shop of the demo, whose rules change when a test says so, and not at a row that may come too early. */
export function turningShop() {
  const world = { hasTurned: false };
  async function* rows(): AsyncIterable<StreamRow> {
    let index = 0;
    for (let seed = 2; !world.hasTurned; seed += 1)
      for (const [at, row] of numbered(seed)) {
        if (world.hasTurned || at >= turn) break;
        yield { index: index++, ...row };
      }
    for (const [at, row] of numbered(1)) if (at >= turn) yield { index: index++, ...row };
  }
  return { rows, turn: () => void (world.hasTurned = true) };
}

function* numbered(seed: number) {
  let at = 0;
  for (const row of simulate({ seed })) yield [at++, row] as const;
}
