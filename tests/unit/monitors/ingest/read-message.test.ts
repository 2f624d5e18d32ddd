import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../../domain/config.ts';
import type { Catalogue, RawRecord } from '../../../../domain/ingest-ports.ts';
import { readFeedback, readPrediction } from '../../../../monitors/ingest/read-message.ts';

const config = parseConfig({
  models: [
    {
      name: 'm',
      task: { kind: 'classification', labels: ['DOWN', 'UP'], codes: { '0': 'DOWN', '1': 'UP' } },
      input: { x: { kind: 'number' } },
      entity: 'household',
    },
  ],
}).models[0]!;
const day = 86_400_000;
const catalogue: Catalogue = {
  models: { m: { config, salt: 's', references: {}, estimators: {} } },
  retentionMs: 400 * day,
  seriesPerModel: 2_000,
  joinHorizonMs: 30 * day,
};
const nowMs = Date.parse('2026-03-02T00:00:00Z');
const reading = { catalogue, nowMs };
const idAt = (ms: number) => {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8def-0123456789ab`;
};
const prediction = {
  predictionId: idAt(nowMs),
  model: 'm',
  version: 'v1',
  input: { x: 1 },
  output: { label: 'UP', scores: { UP: 0.7, DOWN: 0.3 } },
  context: { household: 'h1' },
  at: '2026-03-02T00:00:00.000Z',
};
const feedback = {
  feedbackId: 'f1',
  predictionId: idAt(nowMs),
  kind: 'label',
  value: 'UP',
  at: '2026-03-02T01:00:00.000+01:00',
  source: 'meter',
};
const raw = (value: string | Uint8Array | null): RawRecord => ({
  offset: 7n,
  key: null,
  value: typeof value === 'string' ? new TextEncoder().encode(value) : value,
});
const record = (value: unknown) => raw(JSON.stringify(value));
const codeOf = (read: { ok: boolean; refusal?: { code: string } }) => (read.ok ? 'ok' : read.refusal!.code);

describe('a prediction', () => {
  test('is understood with its entity, its partition for life and its offset', () => {
    const read = readPrediction(record(prediction), reading);
    expect(read).toMatchObject({ ok: true, model: 'm' });
    if (!read.ok) return;
    expect(read.value).toMatchObject({
      label: 'UP',
      entity: 'h1',
      offset: 7n,
      version: 'v1',
      input: { x: 1 },
    });
    expect(['train', 'holdout']).toContain(read.value.partition);
  });

  test.each([
    ['no value', raw(null), 'DL_MESSAGE_EMPTY'],
    ['text that is no JSON', raw('{"model":'), 'DL_MESSAGE_NOT_JSON'],
    ['bytes that are no UTF-8', raw(Uint8Array.of(0x22, 0xff, 0x22)), 'DL_MESSAGE_NOT_JSON'],
    ['another shape', record({ hello: 1 }), 'DL_MESSAGE_INVALID'],
    ['an id that is no UUIDv7', record({ ...prediction, predictionId: 'abc' }), 'DL_MESSAGE_INVALID'],
    [
      'a time without milliseconds',
      record({ ...prediction, at: '2026-03-02T00:00:00Z' }),
      'DL_MESSAGE_INVALID',
    ],
    ['an object for a feature', record({ ...prediction, input: { x: {} } }), 'DL_MESSAGE_INVALID'],
    [
      'a NUL that no database holds',
      raw(JSON.stringify(prediction).replace('v1', String.raw`v\u0000`)),
      'DL_MESSAGE_INVALID',
    ],
    [
      'half a surrogate pair',
      raw(JSON.stringify(prediction).replace('h1', String.raw`\ud800`)),
      'DL_MESSAGE_INVALID',
    ],
    [
      'a number beyond all',
      raw(JSON.stringify(prediction).replace('{"x":1}', '{"x":1e999}')),
      'DL_MESSAGE_INVALID',
    ],
    ['NaN, which is no JSON', raw('{"model": NaN}'), 'DL_MESSAGE_NOT_JSON'],
    [
      'lists without end',
      raw(JSON.stringify(prediction).replace('"h1"', '['.repeat(50_000) + ']'.repeat(50_000))),
      'DL_MESSAGE_INVALID',
    ],
    ['a model that is not declared', record({ ...prediction, model: 'other' }), 'DL_UNKNOWN_MODEL'],
    [
      'a label that is none',
      record({ ...prediction, output: { label: 'LEFT', scores: {} } }),
      'DL_UNKNOWN_LABEL',
    ],
    [
      'a time before the retention',
      record({ ...prediction, predictionId: idAt(nowMs - 401 * day) }),
      'DL_PREDICTION_TIME',
    ],
    [
      'a time in the future',
      record({ ...prediction, predictionId: idAt(nowMs + 2 * day) }),
      'DL_PREDICTION_TIME',
    ],
    [
      'the last possible time',
      record({ ...prediction, predictionId: idAt(2 ** 48 - 1) }),
      'DL_PREDICTION_TIME',
    ],
  ])('with %s is refused', (_, given, code) => {
    expect(codeOf(readPrediction(given, reading))).toBe(code);
  });

  test('an escaped backslash before u0000 is a text like any other', () => {
    const given = record({ ...prediction, context: { household: String.raw`C:\u0000` } });
    expect(codeOf(readPrediction(given, reading))).toBe('ok');
  });

  test('a code for a label is the label', () => {
    const read = readPrediction(record({ ...prediction, output: { label: '1', scores: {} } }), reading);
    expect(read.ok && read.value.label).toBe('UP');
  });
});

describe('feedback', () => {
  test('is understood, its time in UTC, its value as it came', () => {
    const read = readFeedback(record({ ...feedback, value: 1 }), reading);
    expect(read.ok && read.value).toMatchObject({ at: '2026-03-02T00:00:00.000Z', value: 1, offset: 7n });
  });

  test.each([
    ['an unknown kind', { ...feedback, kind: 'guess' }, 'DL_MESSAGE_INVALID'],
    ['no id', { ...feedback, feedbackId: '' }, 'DL_MESSAGE_INVALID'],
    ['an offset that no clock has', { ...feedback, at: '2026-03-02T00:00:00.000+23:59' }, 'ok'],
    ['a year before 1970', { ...feedback, at: '0000-01-01T00:00:00.000Z' }, 'DL_MESSAGE_INVALID'],
    [
      'a prediction id from the future',
      { ...feedback, predictionId: idAt(nowMs + 2 * day) },
      'DL_PREDICTION_TIME',
    ],
  ])('with %s', (_, given, code) => {
    expect(codeOf(readFeedback(record(given), reading))).toBe(code);
  });
});
