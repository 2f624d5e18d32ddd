import { expect, test } from 'vitest';
import * as detectors from '../../../../monitors/detectors/public.ts';
import { everySampleTest } from '../../../../monitors/detectors/samples/every-sample-test.ts';
import { everyStream } from '../../../../monitors/detectors/streams/every-stream.ts';

test('every detector of streams and every test of two samples is there for programs, and answers', () => {
  const given = new Set<unknown>(Object.values(detectors));
  for (const method of [...everyStream, ...everySampleTest])
    expect(given.has(method), method.name).toBe(true);
  const adwin = detectors.adwin.create({ delta: 0.01 });
  const { driftIndices } = adwin.observeAll(
    adwin.start(),
    Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : 1)),
  );
  expect(driftIndices[0]).toBeGreaterThan(99);
});
