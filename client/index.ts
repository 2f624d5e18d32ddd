/** What a service that asks models imports from `driftloop/client`. */
export { createClient } from './create-client.ts';
export { RequestFailed } from './request-failed.ts';
export type * from './types.ts';
