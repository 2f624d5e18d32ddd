import { expect, test } from 'vitest';
import { streamMethods } from '../../../domain/detector-config.ts';
import type { DetectorWatch, StreamMethodName } from '../../../domain/detector-config.ts';
import type { WatchedStreams } from '../../../domain/ingest-ports.ts';
import { checkDetectors } from '../../../monitors/detectors/check-detectors.ts';
import { everyStream, streamOf } from '../../../monitors/detectors/streams/every-stream.ts';
import { exampleErrors } from '../../../monitors/detectors/streams/stream-detector.ts';
import { watchStreams } from '../../../monitors/fold/watch-streams.ts';

const watch = (method: StreamMethodName, params: DetectorWatch['params'] = {}): DetectorWatch => ({
  kind: 'detector',
  method,
  params,
  window: '1d',
});
const wrong = exampleErrors().map((error) => error === 1);
const see = (detectors: readonly DetectorWatch[], rows: readonly boolean[], streams: WatchedStreams = {}) =>
  watchStreams(
    { version: 'v1', streams, detectors },
    rows.map((isWrong, atMs) => ({ isWrong, answer: 'A', atMs })),
  );

test('a config can name every detector of streams that there is', () => {
  expect([...streamMethods].toSorted()).toEqual(everyStream.map(({ name }) => name).toSorted());
});

test.each(streamMethods)(
  '%s finds in production what it finds in its own example, in steps of any size',
  (method) => {
    const { drifts } = streamOf(method).example;
    const whole = see([watch(method)], wrong);
    const found = whole.findings.filter(({ level }) => level === 'detected').map(({ value }) => value - 1);
    expect(found).toEqual(drifts);
    expect(whole.streams[method]).toMatchObject({ rows: wrong.length, drifts: drifts.length });

    let streams: WatchedStreams = {};
    const findings = [];
    for (let from = 0; from < wrong.length; from += 137) {
      const step = see([watch(method)], wrong.slice(from, from + 137), streams);
      streams = JSON.parse(JSON.stringify(step.streams)) as WatchedStreams;
      findings.push(...step.findings);
    }
    expect(findings).toEqual(whole.findings);
    expect(streams).toEqual(JSON.parse(JSON.stringify(whole.streams)));
  },
);

test('a warning is told once, when it begins; nothing is known before there are rows enough', () => {
  const { findings, streams } = see([watch('ddm')], wrong.slice(0, 1_036));
  const suspected = findings.filter(({ level }) => level === 'suspected');
  expect(suspected.length).toBeGreaterThan(0);
  expect(suspected.length).toBeLessThan(10);
  expect(findings[0]!.sentence).toMatch(
    /^ddm: the error rate of champion v1 may have changed, .* row \d+\.$/,
  );
  expect(streams['ddm']!.level).toBe('suspected');
  expect(see([watch('ddm')], wrong.slice(0, 5)).streams['ddm']!.level).toBe('unknown');
});

test('with other params it begins afresh, and what is declared no more is forgotten', () => {
  const first = see([watch('adwin'), watch('cusum')], wrong.slice(0, 500));
  const same = see([watch('adwin')], wrong.slice(500, 600), first.streams);
  expect(Object.keys(same.streams)).toEqual(['adwin']);
  expect(same.streams['adwin']!.rows).toBe(600);
  const other = see([watch('adwin', { delta: 0.01 })], wrong.slice(500, 600), first.streams);
  expect(other.streams['adwin']!.rows).toBe(100);
});

test('params that a detector does not take are told where the config is loaded', () => {
  const model = { name: 'churn', watch: [watch('adwin', { delta: 2, depth: 1 })] };
  expect(() => checkDetectors(model)).toThrow(/churn\.watch\.0\.params.*no knob "depth".*"delta" must be/s);
  expect(() => checkDetectors({ name: 'churn', watch: [watch('adwin', { delta: 0.1 })] })).not.toThrow();
});
