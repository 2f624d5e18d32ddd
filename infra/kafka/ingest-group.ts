/** The consumer group that all monitors of an installation are in. */
export const ingestGroup = (namespace: string): string => `${namespace}.driftloop.ingest`;
