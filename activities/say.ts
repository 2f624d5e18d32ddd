import { Context } from '@temporalio/activity';
import { levelOf, type LogFields, type LogMessage } from '../domain/log-events.ts';

/** Says a line of the table in the log of the worker. */
export function say<M extends LogMessage>(fields: LogFields<M>, message: M): void {
  const level: 'info' | 'warn' | 'error' | 'fatal' = levelOf(message);
  Context.current().log[level === 'fatal' ? 'error' : level](message, { ...fields });
}
