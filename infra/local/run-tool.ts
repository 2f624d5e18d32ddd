import { DriftloopError } from '../../domain/errors.ts';
import { startProcess, type ProcessSpec } from './keeper.ts';

/** How much of a failed tool's output goes into the error. */
const LAST_LINES = 8;

/**
 * Run a tool (a package client, a compiler) to its end; it dies with this process.
 *
 * @returns its output, lines of stdout and stderr as they came
 * @throws {DriftloopError} `DL_TOOL_FAILED` with the last lines when the exit code is not 0
 */
export async function runTool(
  spec: Pick<ProcessSpec, 'command' | 'args' | 'env' | 'cwd' | 'logFile' | 'onLine' | 'user'> & {
    timeoutMs?: number;
  },
): Promise<string> {
  const lines: string[] = [];
  const { timeoutMs, ...rest } = spec;
  const tool = await startProcess({
    ...rest,
    name: spec.command,
    graceMs: 2000,
    onLine: (text) => {
      lines.push(text);
      spec.onLine?.(text);
    },
  });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => void tool.stop(), timeoutMs);
  const { code, signal } = await tool.exited;
  clearTimeout(timer);
  if (code === 0) return lines.join('\n');
  const command = [spec.command, ...(spec.args ?? [])].join(' ');
  throw new DriftloopError(
    'DL_TOOL_FAILED',
    `${command} ended with ${signal ?? `exit code ${code}`}${lines.length ? `:\n${lines.slice(-LAST_LINES).join('\n')}` : '.'}`,
    {
      fix: 'Run the command by hand to see more, then start again: what is complete is kept.',
      retryable: true,
    },
  );
}
