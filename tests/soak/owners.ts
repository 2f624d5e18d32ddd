import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../support/ingest-process.ts', import.meta.url));

/** Owners of ingest, each a process of its own, that can be killed and are replaced at once. */
export function startOwners(
  count: number,
  args: { databaseUrl: string; namespace: string; brokers: string },
) {
  const start = (): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', program, args.databaseUrl, args.namespace, args.brokers], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
  const owners = Array.from({ length: count }, start);
  const replaced = new Set<ChildProcess>();
  let isOver = false;
  /** One that ended by itself has met an error that trying again does not cure. */
  let fault: string | null = null;
  const watch = (owner: ChildProcess) =>
    void once(owner, 'exit').then(([code, signal]) => {
      if (!isOver && !replaced.has(owner))
        fault = `an owner of ingest ended by itself (${String(signal ?? code)})`;
    });
  owners.forEach(watch);
  return {
    fault: () => fault,
    /** With -9, or politely. */
    replace(index: number, signal: 'SIGKILL' | 'SIGTERM') {
      const [old] = owners.splice(index, 1, start());
      watch(owners[index]!);
      replaced.add(old!);
      old!.kill(signal);
    },
    async stop() {
      isOver = true;
      await Promise.all(
        [...owners, ...replaced].map(async (owner) => {
          if (owner.exitCode !== null || owner.signalCode !== null) return;
          owner.kill('SIGKILL');
          await once(owner, 'exit');
        }),
      );
    },
  };
}
