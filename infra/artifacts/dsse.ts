import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';

/**
 * A signed statement about an artifact: an in-toto statement whose subject is the artifact's digest, in a DSSE envelope.
 *
 * Sources: github.com/secure-systems-lab/dsse (protocol 1.0.2), github.com/in-toto/attestation (Statement v1).
 */
export const envelopeSchema = z.object({
  payloadType: z.string(),
  payload: z.base64(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.base64() })),
});
export type Envelope = z.infer<typeof envelopeSchema>;

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const statementSchema = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })),
  predicateType: z.literal('driftloop/artifact/v1'),
});
type Statement = z.infer<typeof statementSchema>;

/** Says which public key it is, to whoever has it. */
const keyId = (signWith: KeyObject): string =>
  createHash('sha256')
    .update(createPublicKey(signWith).export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** What is signed: the type and the payload, each with its length, so that neither passes for a part of the other. */
export const preAuthEncoding = (type: string, payload: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.byteLength} `), payload]);

/** Says by an ed25519 key that this digest is an artifact to be served. */
export function signDigest(digest: string, key: KeyObject): Envelope {
  const statement: Statement = {
    _type: 'https://in-toto.io/Statement/v1',
    // The digest is the sha256 of the list of its files and their hashes.
    subject: [{ name: 'files', digest: { sha256: digest } }],
    predicateType: 'driftloop/artifact/v1',
  };
  const payload = Buffer.from(JSON.stringify(statement));
  return {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [
      { keyid: keyId(key), sig: sign(null, preAuthEncoding(PAYLOAD_TYPE, payload), key).toString('base64') },
    ],
  };
}

/** Why this envelope does not say of the digest that it may be served; null where one of the keys says so. */
export function whyNotSigned(envelope: Envelope, digest: string, keys: readonly KeyObject[]): string | null {
  const payload = Buffer.from(envelope.payload, 'base64');
  const message = preAuthEncoding(envelope.payloadType, payload);
  const isSigned = envelope.signatures.some(({ sig }) =>
    keys.some((key) => verify(null, message, key, Buffer.from(sig, 'base64'))),
  );
  if (!isSigned) return 'its signature is of none of the keys';
  if (envelope.payloadType !== PAYLOAD_TYPE) return 'what is signed is no statement about an artifact';
  const statement = statementSchema.safeParse(JSON.parse(payload.toString()));
  if (!statement.success) return 'what is signed is no statement about an artifact';
  const isOfIt = statement.data.subject.some((subject) => subject.digest.sha256 === digest);
  return isOfIt ? null : 'the signature is of another artifact';
}
