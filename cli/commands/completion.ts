import { Argument } from 'commander';
import type { Command } from 'commander';
import { action, documented } from './action.ts';
import { completionFor, shells } from './completion-script.ts';
import type { Shell } from './completion-script.ts';

const howTo: Readonly<Record<Shell, string>> = {
  bash: 'driftloop completion bash > ~/.local/share/bash-completion/completions/driftloop',
  zsh: 'driftloop completion zsh > "${fpath[1]}/_driftloop"',
  fish: 'driftloop completion fish > ~/.config/fish/completions/driftloop.fish',
};

export function addCompletionCommand(program: Command): void {
  documented(
    program
      .command('completion')
      .addArgument(new Argument('<shell>', 'for which shell').choices(shells))
      .description('prints what makes a shell complete these commands and their options'),
    shells.map((shell) => `completion ${shell}`),
  ).action(
    action(async (_options: { json?: boolean }, shell) => {
      const script = completionFor(program, shell as Shell);
      return { json: { shell, script, install: howTo[shell as Shell] }, text: script };
    }),
  );
}
