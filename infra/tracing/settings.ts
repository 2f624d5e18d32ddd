import { DriftloopError } from '../../domain/errors.ts';
import { readTraceContext } from '../../domain/tracing.ts';
import type { TraceContext } from '../../domain/tracing.ts';

/** Where traces go. Everything else about them (headers, sampling, batches) the SDK reads by its own standard names. */
export type TraceSettings = {
  url: string;
  /** What called this process, where it says so: a pipeline, a program. */
  caller: TraceContext | null;
};

type Variables = Readonly<Record<string, string | undefined>>;
/** The first is the very address; the second is where every signal has a path of its own. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const;

/** Null where traces are off: no endpoint is given, or a standard variable says so. */
export function readTraceSettings(env: Variables): TraceSettings | null {
  const name = endpointVariable(env);
  if (name === null) return null;
  const given = env[name]!;
  return {
    url: name === ENDPOINTS[0] ? given : `${given.replace(/\/+$/, '')}/v1/traces`,
    caller: readTraceContext(env['TRACEPARENT'], env['TRACESTATE']),
  };
}

/** What of it cannot be right: DL_ENVIRONMENT_INVALID. */
export function traceProblems(env: Variables): DriftloopError[] {
  const name = endpointVariable(env);
  if (name === null) return [];
  const spoken = PROTOCOLS.find((variable) => env[variable]);
  if (!/^https?:\/\/./.test(env[name]!) || !URL.canParse(env[name]!))
    return [invalid(`${name} is no address such as http://collector:4318.`, `Correct ${name}, or unset it.`)];
  if (spoken === undefined || env[spoken] !== 'grpc') return [];
  const fix = `Name the collector's HTTP port (4318) in ${name}, and set ${spoken} to http/json.`;
  return [invalid(`${spoken} is grpc, but traces are sent over HTTP.`, fix)];
}

function endpointVariable(env: Variables): string | null {
  const isOff = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  return isOff ? null : (ENDPOINTS.find((variable) => env[variable]) ?? null);
}

const invalid = (problem: string, fix: string) =>
  new DriftloopError('DL_ENVIRONMENT_INVALID', problem, { fix });
