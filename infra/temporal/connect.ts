import { readFile } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import { DriftloopError } from '../../domain/errors.ts';

/** Where Temporal is. `namespace` is Temporal's; Driftloop's own prefixes queues and workflow ids inside it. */
export type TemporalAddress = {
  address: string;
  namespace: string;
  apiKey?: string;
  tls?: { certFile: string; keyFile: string; caFile?: string };
};

/** What every kind of connection is opened with. An API key means TLS, as Temporal Cloud wants it. */
export async function connectionOptions({ address, apiKey, tls }: TemporalAddress) {
  if (tls === undefined) return { address, ...(apiKey === undefined ? {} : { apiKey, tls: true as const }) };
  const [crt, key, ca] = await Promise.all([
    readFile(tls.certFile),
    readFile(tls.keyFile),
    tls.caFile === undefined ? undefined : readFile(tls.caFile),
  ]);
  return {
    address,
    ...(apiKey === undefined ? {} : { apiKey }),
    tls: { clientCertPair: { crt, key }, ...(ca === undefined ? {} : { serverRootCACertificate: ca }) },
  };
}

/** A client for signals, updates and queries; light enough for a command. Throws DL_TEMPORAL_UNREACHABLE. */
export async function connectClient(
  temporal: TemporalAddress,
): Promise<{ client: Client; close(): Promise<void> }> {
  const options = await connectionOptions(temporal);
  const connection = await Connection.connect({ ...options, connectTimeout: '10 seconds' }).catch(
    (cause: unknown) => {
      throw unreachable(temporal.address, cause);
    },
  );
  return {
    client: new Client({ connection, namespace: temporal.namespace }),
    close: () => connection.close(),
  };
}

export const unreachable = (address: string, cause: unknown): DriftloopError =>
  new DriftloopError(
    'DL_TEMPORAL_UNREACHABLE',
    `Temporal at ${address} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      fix: 'See that it runs and that DRIFTLOOP_TEMPORAL_ADDRESS is its address; "driftloop doctor" checks it.',
      retryable: true,
      status: 503,
      cause,
    },
  );
