import process from 'node:process';
import { Command } from 'commander';
import { release } from '../serving/release.ts';
import { endWithReader } from './closed-pipe.ts';
import { addAuditCommands } from './commands/audit.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDriftCommands } from './commands/drift.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addOfflineCommands } from './commands/finetune.ts';
import { addGateCommand } from './commands/gate.ts';
import { addGoldenCommands } from './commands/golden.ts';
import { addInitCommand } from './commands/init.ts';
import { addInstallationCommands } from './commands/installation.ts';
import { addLabelCommands } from './commands/label.ts';
import { addModelCommands } from './commands/model.ts';
import { addRoleCommands } from './commands/role.ts';
import { addRolloutCommands } from './commands/rollout.ts';
import { addRunCommands } from './commands/run.ts';
import { addStateCommands } from './commands/state.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTokenCommands } from './commands/token.ts';
import { addTopicCommands } from './commands/topic.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { addVersionCommands } from './commands/version.ts';
import { addWebhookCommands } from './commands/webhook.ts';
import { reportFailure } from './output.ts';
import { usageError } from './usage-error.ts';

/** `driftloop <noun> <verb>`: the table of contents of the command line. Each command lives in its noun's file. */
export function createProgram(): Command {
  const program = new Command('driftloop')
    .description(
      'Continuous retraining for models in production: notices drift, fine-tunes, proves, rolls out.',
    )
    // Without it, `run start --version v2` would be asked which release it is.
    .enablePositionalOptions()
    .version(release(), '-V, --version', 'which release this is')
    .helpOption('-h, --help', 'what a command does, its options, and examples');
  addDemoCommand(program);
  addInitCommand(program);
  addInstallationCommands(program);
  addStateCommands(program);
  addRoleCommands(program);
  addStatusCommand(program);
  addModelCommands(program);
  addRunCommands(program);
  addRolloutCommands(program);
  addExplainCommand(program);
  addVerifyCommand(program);
  addGoldenCommands(program);
  addLabelCommands(program);
  addVersionCommands(program);
  addTopicCommands(program);
  addOfflineCommands(program);
  addGateCommand(program);
  addDriftCommands(program);
  addTokenCommands(program);
  addAuditCommands(program);
  addWebhookCommands(program);
  addCompletionCommand(program);
  return program;
}

/** Commander ends with 1 on wrong usage; ours is 2, so that scripts can tell a typo from a failed command. */
const WRONG_USAGE = 2;

export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  endWithReader();
  const program = createProgram();
  const exitOn = (command: Command): void => {
    // Commander writes its own line before it says that it ends.
    command.configureOutput({ outputError: () => {} });
    command.exitOverride((error) => {
      // Whoever names no verb has been shown the help already.
      if (!['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(error.code))
        reportFailure(usageError(error, command), argv.includes('--json'));
      process.exit(error.exitCode === 0 ? 0 : WRONG_USAGE);
    });
    command.commands.forEach(exitOn);
  };
  exitOn(program);
  await program.parseAsync([...argv], { from: 'user' });
}
