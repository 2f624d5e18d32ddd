import type { Command } from 'commander';
import { action, documented } from './action.ts';
import { countingNumber } from './numbers.ts';

export function addAuditCommands(program: Command): void {
  const audit = program
    .command('audit')
    .description('the log of who did what, and of who was refused what: a chain of hashes');

  documented(
    audit
      .command('list')
      .option('--model <name>', 'only what was done to this model')
      .option('--limit <n>', 'the newest so many', countingNumber, 50)
      .description('the newest entries, the oldest of them first'),
    ['audit list', 'audit list --model electricity --limit 200'],
  ).action(
    action(async (options: { model?: string; limit: number; json?: boolean }) => {
      const { listAudit } = await import('./audit-views.ts');
      return listAudit(options);
    }),
  );

  documented(
    audit
      .command('verify')
      .option(
        '--head <hash>',
        'the head that an earlier check printed; tells whether rows were cut off since',
      )
      .description('checks every row against the one before; exit code 1 where the log was tampered with'),
    ['audit verify', 'audit verify --head 5f2c…'],
  ).action(
    action(async (options: { head?: string; json?: boolean }) => {
      const { verifyAudit } = await import('./audit-views.ts');
      return verifyAudit(options);
    }),
  );
}
