import { readFile } from 'node:fs/promises';
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { DriftloopError, ourError } from '../../domain/errors.ts';

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

/**
 * A client for signals, updates and queries; light enough for a command.
 *
 * @throws DL_TEMPORAL_UNREACHABLE, DL_TEMPORAL_REFUSED
 */
export async function connectClient(
  temporal: TemporalAddress,
  interceptors: WorkflowClientInterceptor[] = [],
): Promise<{ client: Client; close(): Promise<void> }> {
  const options = await connectionOptions(temporal);
  const connection = await Connection.connect({ ...options, connectTimeout: '10 seconds' }).catch(
    (cause: unknown) => {
      throw temporalProblem(temporal, cause);
    },
  );
  return {
    client: new Client({
      connection,
      namespace: temporal.namespace,
      interceptors: { workflow: interceptors },
    }),
    close: () => connection.close(),
  };
}

/** Longer than a healthy server takes to answer. */
const PATIENCE_MS = 3_000;

/**
 * Asks the frontend for its version and the namespace, once.
 *
 * @throws DL_TEMPORAL_UNREACHABLE, DL_TEMPORAL_REFUSED
 */
export async function reachTemporal(temporal: TemporalAddress): Promise<{ version: string | null }> {
  const options = await connectionOptions(temporal);
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ ...options, connectTimeout: PATIENCE_MS });
    const { workflowService } = connection;
    return await connection.withDeadline(Date.now() + PATIENCE_MS, async () => {
      await workflowService.describeNamespace({ namespace: temporal.namespace });
      return { version: (await workflowService.getSystemInfo({})).serverVersion || null };
    });
  } catch (error) {
    throw temporalProblem(temporal, error);
  } finally {
    await connection?.close();
  }
}

/** The gRPC status codes that a person has to do something about. */
const grpc = { notFound: 5, permissionDenied: 7, unauthenticated: 16 };

/** An error of a connection, or of a call over one, in our words. */
export function temporalProblem(
  { address, namespace }: Pick<TemporalAddress, 'address' | 'namespace'>,
  cause: unknown,
): DriftloopError {
  const known = ourError(cause);
  if (known !== null) return known;
  const code: number | null = isGrpcServiceError(cause) ? cause.code : null;
  const why =
    (isGrpcServiceError(cause) ? cause.details : null) ||
    (cause instanceof Error ? cause.message : String(cause));
  if (code === grpc.notFound)
    return new DriftloopError(
      'DL_TEMPORAL_REFUSED',
      `Temporal at ${address} has no namespace "${namespace}".`,
      {
        fix: `Create it (temporal operator namespace create ${namespace}), or correct DRIFTLOOP_TEMPORAL_NAMESPACE.`,
        // A server that has just been set up makes its namespaces after it answers.
        retryable: true,
        cause,
      },
    );
  if (code === grpc.permissionDenied || code === grpc.unauthenticated)
    return new DriftloopError('DL_TEMPORAL_REFUSED', `Temporal at ${address} refuses: ${why}`, {
      fix: 'Correct DRIFTLOOP_TEMPORAL_API_KEY, or the files of DRIFTLOOP_TEMPORAL_TLS_CERT and …_KEY.',
      cause,
    });
  return new DriftloopError('DL_TEMPORAL_UNREACHABLE', `Temporal at ${address} cannot be reached: ${why}`, {
    fix: 'See that it runs and that DRIFTLOOP_TEMPORAL_ADDRESS is its address; "driftloop doctor" checks it.',
    cause,
  });
}
