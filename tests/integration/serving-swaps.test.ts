import { onTestFinished, expect, test } from 'vitest';
import { fakeMessageLog } from '../fakes/message-log.ts';
import { load } from '../support/load.ts';
import { REAL_SERVER_TOKEN, startRealServer } from '../support/real-server.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { between, planConfig, saysItsOwn, trainTwoVersions } from '../support/two-versions.ts';

const SWAPS = 20;
const CONNECTIONS = 16;

// The long form is `npm run bench -- serving swaps`.
test('versions come and go under load: no request fails, each answer is that of the version it names, nothing is left', async () => {
  // Wide enough that TensorFlow answers: what is left behind would be its tensors.
  const { artifacts, refOf } = await trainTwoVersions(tempFolder(), {
    hidden: [128, 128],
    minSteps: 100,
    maxSteps: 200,
  });
  const { log, predictions } = fakeMessageLog();
  const server = await startRealServer({ config: planConfig, artifacts, champion: refOf(1), messages: log });
  onTestFinished(server.close);
  const held = async () => {
    await server.settled();
    return (await server.predictor.held()).tensorflow!;
  };

  const before = await held();
  const done = new AbortController();
  const loading = load(
    {
      port: server.port,
      path: `/v1/models/${planConfig.name}:predict`,
      body: JSON.stringify({ instances: [between] }),
      token: REAL_SERVER_TOKEN,
      connections: CONNECTIONS,
      warmSeconds: 0,
      seconds: 60,
      checksVersions: true,
    },
    saysItsOwn,
    done.signal,
  );
  for (let n = 2; n <= SWAPS + 1; n += 1) await server.swapTo(refOf(n));
  done.abort();
  const { answered, failed, wrongVersion } = await loading;

  expect({ failed, wrongVersion }).toEqual({ failed: 0, wrongVersion: 0 });
  expect(answered).toBeGreaterThan(SWAPS * CONNECTIONS);
  expect(predictions).toHaveLength(answered);
  expect(new Set(predictions.map(({ version }) => version)).size).toBeGreaterThan(SWAPS / 2);
  expect(await held()).toMatchObject({ tensors: before.tensors });
  expect(server.predictor.loaded()).toHaveLength(1);
  expect(server.errors).toEqual([]);
});
