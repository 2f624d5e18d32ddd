import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFolderStore } from '../../../infra/artifacts/folder-store.ts';
import { createRouteFollower } from '../../../serving/follow-routes.ts';
import { fakePredictor } from '../../fakes/predictor.ts';
import { servingWorld } from '../../fakes/serving-world.ts';
import { randomShares } from '../../support/random-shares.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const SPOTS = 20;
const files = ['label.txt', 'driftloop.json', 'model.safetensors'];

test('a version with one bit flipped, wherever it is, is refused at load with a code; the old one keeps serving', async () => {
  const world = await servingWorld();
  onTestFinished(world.close);
  const root = path.join(tempFolder(), 'store');
  const store = createFolderStore(root);
  const digests = new Map<string, string>();
  for (const version of ['v1', 'v2']) {
    const folder = tempFolder();
    for (const file of files) writeFileSync(path.join(folder, file), version.padEnd(200, file));
    writeFileSync(path.join(folder, 'label.txt'), version);
    digests.set(version, (await store.put(folder)).digest);
  }
  const { predictor } = fakePredictor();
  let now = 0;
  const follower = createRouteFollower({
    ...world,
    artifacts: { open: (named) => store.open(digests.get(named.replace('sha256:', ''))!) },
    predictor,
    pollMs: 60_000,
    clock: () => (now += 60_000),
  });
  onTestFinished(() => follower.stop());
  world.route('v1');
  await follower.start();
  world.route('v2');
  const chance = randomShares(20);
  for (let spot = 0; spot < SPOTS; spot += 1) {
    const file = path.join(root, digests.get('v2')!, files[spot % files.length]!);
    const bytes = readFileSync(file);
    const flipped = Buffer.from(bytes);
    const bit = Math.floor(chance() * bytes.length * 8);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(file, flipped);
    await follower.lookNow();
    const { serving, pending } = follower.stateOf('meter');
    expect([serving!.route.champion.version, pending!.route.champion.version]).toEqual(['v1', 'v2']);
    expect(pending!.problem).toMatch(/^Artifact .* has changed/);
    expect(predictor.loaded()).toEqual(['meter/v1/v1']);
    writeFileSync(file, bytes);
  }
  // As it was put, it is served.
  await follower.lookNow();
  expect(follower.stateOf('meter').serving!.route.champion.version).toBe('v2');
});
