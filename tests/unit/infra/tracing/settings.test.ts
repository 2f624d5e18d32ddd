import { expect, test } from 'vitest';
import { readTraceSettings, traceProblems } from '../../../../infra/tracing/settings.ts';

const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT';

test('traces are off until an endpoint is given', () => {
  expect(readTraceSettings({})).toBeNull();
  expect(readTraceSettings({ [endpoint]: '' })).toBeNull();
  expect(readTraceSettings({ OTEL_SERVICE_NAME: 'x', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toBeNull();
});

test('they stay off where a standard variable says so', () => {
  expect(readTraceSettings({ [endpoint]: 'http://c:4318', OTEL_SDK_DISABLED: 'true' })).toBeNull();
  expect(readTraceSettings({ [endpoint]: 'http://c:4318', OTEL_TRACES_EXPORTER: 'none' })).toBeNull();
});

test('an endpoint of all signals has the path of traces below it; one of traces is the address itself', () => {
  expect(readTraceSettings({ [endpoint]: 'http://c:4318/' })?.url).toBe('http://c:4318/v1/traces');
  const both = { [endpoint]: 'http://c:4318', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t/spans' };
  expect(readTraceSettings(both)?.url).toBe('https://t/spans');
});

test('a command that a traced pipeline calls belongs to its trace', () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const of = (TRACEPARENT: string) => readTraceSettings({ [endpoint]: 'http://c:4318', TRACEPARENT })?.caller;
  expect(of(traceparent)).toEqual({ traceparent });
  expect(of('nonsense')).toBeNull();
});

test('what cannot work is said before anything starts', () => {
  const codes = (env: Record<string, string>) =>
    traceProblems(env).map(({ code, message }) => `${code} ${message}`);
  expect(codes({ [endpoint]: 'collector:4318' })).toEqual([
    `DL_ENVIRONMENT_INVALID ${endpoint} is no address such as http://collector:4318.`,
  ]);
  expect(codes({ [endpoint]: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toEqual([
    'DL_ENVIRONMENT_INVALID OTEL_EXPORTER_OTLP_PROTOCOL is grpc, but traces are sent over HTTP.',
  ]);
  expect(codes({ [endpoint]: 'http://c:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' })).toEqual([]);
  expect(codes({})).toEqual([]);
});
