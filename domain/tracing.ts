/** Traces: what a request, a message, a run led to, in spans that whoever collects them joins by their ids. */

/** A place in a trace as it travels from one part to the next: W3C trace context. */
export type TraceContext = Readonly<{ traceparent: string; tracestate?: string }>;

/** What is known of a span; what is null or undefined is left out. Named by OpenTelemetry's conventions. */
export type SpanFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

export type SpanAbout = {
  kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  facts?: SpanFacts;
  /** What it is a part of. Left out: the span in which it begins; null: nothing, it begins a trace. */
  parent?: TraceContext | null;
  /** What it came of without being a part of it, as a batch comes of many requests. */
  links?: readonly TraceContext[];
};

export type Span = {
  readonly context: TraceContext;
  rename(name: string): void;
  add(facts: SpanFacts): void;
  /** Something that happened at this moment. */
  event(name: string, facts?: SpanFacts): void;
  /** Marks it as failed; whoever throws out of a span need not. */
  fail(problem: string): void;
};

/** A span that somebody else has named and timed: workflow code, which cannot send it. */
export type PastSpan = {
  name: string;
  context: TraceContext;
  parent: TraceContext | null;
  startMs: number;
  endMs: number;
  facts: SpanFacts;
  /** Why it failed; null where it did not. */
  problem: string | null;
};

/** Where spans go. Nobody has one unless traces are switched on. */
export interface Tracing {
  /** Does the work in a span: what it begins in turn belongs to it. Fails with the work. */
  span<T>(name: string, about: SpanAbout, work: (span: Span) => Promise<T>): Promise<T>;
  /** The span in which the caller is; null outside of any. */
  current(): TraceContext | null;
  record(span: PastSpan): void;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The context that these values make; null where they make none. */
export const readTraceContext = (
  traceparent: string | null | undefined,
  tracestate?: string | null,
): TraceContext | null =>
  traceparent && TRACEPARENT.test(traceparent)
    ? { traceparent, ...(tracestate ? { tracestate } : {}) }
    : null;

/** By what a collector finds the whole trace. */
export const traceIdOf = ({ traceparent }: TraceContext): string => traceparent.slice(3, 35);

/** Of the span itself. */
export const spanIdOf = ({ traceparent }: TraceContext): string => traceparent.slice(36, 52);

/** Of a run, as the first line of its story says it; null where traces were off. */
export function traceOf(story: readonly { data?: Readonly<Record<string, unknown>> }[]): string | null {
  const trace = story.map(({ data }) => data?.['trace']).find((said) => typeof said === 'string');
  return trace ?? null;
}
