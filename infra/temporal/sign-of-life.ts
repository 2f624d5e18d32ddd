import { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

/** Heartbeats in one timeout: two may be lost on their way. */
const BEATS_IN_TIMEOUT = 3;

/**
 * Stands around every control activity and heartbeats for it, so that a worker that was killed is taken for dead after
 * seconds, whatever it was at, and another one begins the activity anew. Without it Temporal would wait for as long
 * as the activity may take.
 */
export const signOfLife: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    const context = Context.current();
    const { heartbeatTimeoutMs } = context.info;
    if (!heartbeatTimeoutMs) return await next(input);
    const heart = setInterval(() => context.heartbeat(), heartbeatTimeoutMs / BEATS_IN_TIMEOUT);
    try {
      return await next(input);
    } finally {
      clearInterval(heart);
    }
  },
};
