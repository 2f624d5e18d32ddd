import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Signs texts that a browser keeps for this console: for one purpose, in one namespace. */
export const signer =
  (token: string, namespace: string) =>
  (purpose: 'session' | 'csrf' | 'login', text: string): string =>
    createHmac('sha256', token).update(`${purpose}:${namespace}:${text}`).digest('base64url');

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
