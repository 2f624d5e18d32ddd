import { action, documented } from './action.ts';
import type { Command } from 'commander';
import { portNumber } from './numbers.ts';

type RoleOptions = { port: number; host: string; addressFile?: string; gpu?: boolean };

const roles = {
  server: 'predict and feedback over HTTP',
  monitor: "ingest from Kafka, the champion's regret, metrics",
  worker: 'workflows and control activities; with --gpu fine-tuning only',
  console: 'the web console, its API and the alert webhook',
} as const;

/** The long-running roles. Each serves /healthz, /readyz and /metrics, logs JSON lines, and stops cleanly on SIGTERM. */
export function addRoleCommands(program: Command): void {
  for (const [name, description] of Object.entries(roles)) {
    const command = program
      .command(name)
      .description(description)
      .option('--port <n>', 'the port to listen on; 0 takes a free one', portNumber, 0)
      .option('--host <address>', 'the address to listen on', '127.0.0.1')
      .option('--address-file <file>', 'where to write the address once ready');
    if (name === 'worker') command.option('--gpu', 'fine-tuning only, on its own task queue');
    documented(command, [`${name} --port 8080`, `${name} --host 0.0.0.0 --port 8080`]).action(
      action(async (options: RoleOptions & { json?: boolean }) => {
        const { runRole } = await import('../roles/run-role.ts');
        await runRole(
          name === 'worker' && options.gpu ? 'worker-gpu' : (name as keyof typeof roles),
          options,
        );
      }),
    );
  }
}
