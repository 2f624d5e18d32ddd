import type { Command } from 'commander';
import { action, documented } from './action.ts';
import type { BackupWish } from '../operate/backup.ts';
import type { RestoreOptions } from './restore.ts';

/** The state of a namespace as one file, and back. */
export function addStateCommands(program: Command): void {
  documented(
    program
      .command('backup')
      .requiredOption('--out <file>', 'where to write it; a file that is there is not written over')
      .option('--skip-missing-artifacts', 'goes on without artifacts that cannot be read, and says which')
      .description(
        'the state of the namespace as one file: tables, config, artifacts; roles may run meanwhile',
      ),
    ['backup --out driftloop-2026-03-02.tar.gz'],
  ).action(
    action(async (options: BackupWish & { json?: boolean }) => {
      const { backUpTo } = await import('./backup.ts');
      return backUpTo(options);
    }),
  );

  documented(
    program
      .command('restore')
      .argument('<file>', 'what "driftloop backup" wrote')
      .option('--force', 'replaces what the namespace has; its name has to be typed')
      .description('puts a backup back, whole or not at all; roles have to be stopped'),
    ['restore driftloop-2026-03-02.tar.gz', 'restore driftloop-2026-03-02.tar.gz --force'],
  ).action(
    action(async (options: RestoreOptions & { json?: boolean }, file) => {
      const { restoreFile } = await import('./restore.ts');
      return restoreFile(file, options);
    }),
  );
}
