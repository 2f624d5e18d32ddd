import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { milliseconds } from '../../domain/duration.ts';
import { roles } from '../../domain/person.ts';
import { action, documented } from './action.ts';
import type { TokenOptions } from './token-answers.ts';

export function addTokenCommands(program: Command): void {
  const token = program
    .command('token')
    .description('bearer tokens of people and programs: what they may do, until when');

  documented(
    token
      .command('create')
      .argument('<name>', 'whose it is: stands beside everything that is done with it')
      .addOption(new Option('--role <role...>', 'what they may do').choices(roles).makeOptionMandatory())
      .option('--model <name...>', 'only for these models; default: for every model')
      .option('--expires <duration>', 'how long it is good, such as 12h or 30d; or "never"', lifetime, '90d')
      .description('makes a token and prints it, this once'),
    [
      'token create ada --role approver --model electricity --expires 30d',
      'token create checkout-service --role client',
    ],
  ).action(
    action(async (options: TokenOptions & { json?: boolean }, name) => {
      const { createToken } = await import('./token-answers.ts');
      return createToken(name, options);
    }),
  );

  documented(token.command('list').description('every token, without its secret; the newest first'), [
    'token list',
  ]).action(
    action(async () => {
      const { listTokens } = await import('./token-answers.ts');
      return listTokens();
    }),
  );

  documented(
    token
      .command('revoke')
      .argument('<id-or-name>', 'one token, or every token of somebody')
      .description('takes tokens back: with their sessions at once, at the model server within ten seconds'),
    ['token revoke 5f2c09ab1d3e', 'token revoke ada'],
  ).action(
    action(async (_options, which) => {
      const { revokeTokens } = await import('./token-answers.ts');
      return revokeTokens(which);
    }),
  );
}

function lifetime(text: string): string {
  if (text === 'never') return text;
  try {
    milliseconds(text);
    return text;
  } catch {
    throw new InvalidArgumentError('It must be a duration, such as 12h or 30d, or "never".');
  }
}
