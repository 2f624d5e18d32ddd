import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fakePredictor } from '../../fakes/predictor.ts';
import { servingWorld } from '../../fakes/serving-world.ts';
import { keepsThePredictorContract } from '../../support/predictor-contract.ts';

keepsThePredictorContract('the fake', async () => {
  const world = await servingWorld();
  const noArtifact = join(world.folder, 'empty');
  await mkdir(noArtifact);
  return {
    predictor: fakePredictor().predictor,
    artifacts: [await world.artifacts.open('sha256:v1'), await world.artifacts.open('sha256:v2')],
    noArtifact,
    rows: [{ price: 1 }, { price: 2 }],
    labels: ['v1', 'v2'],
    close: world.close,
  };
});
