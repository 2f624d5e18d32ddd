import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../cli/main.ts';

/** The commands that do something, by the words that one types. */
function leaves(command: Command, words: string[] = []): [string, Command][] {
  return command.commands.flatMap((child) => {
    const name = [...words, child.name()];
    return child.commands.length > 0 ? leaves(child, name) : [[name.join(' '), child]];
  });
}

describe.each(leaves(createProgram()))('driftloop %s', (name, command) => {
  test('says what it does, has --json, and shows examples that begin with its own name', () => {
    expect(command.description()).not.toBe('');
    expect(command.options.map((option) => option.long)).toContain('--json');
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    const examples = [...help.matchAll(/^ {2}\$ driftloop (.*)$/gm)].map(([, example]) => example!);
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.filter((example) => !example.startsWith(name))).toEqual([]);
  });
});

test('the table of contents is the one that the design names', () => {
  expect(leaves(createProgram()).map(([name]) => name)).toEqual(
    `demo, init, dev, doctor, migrate, plan, apply, rules, backup, restore, server, monitor, worker, console,
    status,
    model list, model show, model bootstrap, model pause, model resume,
    run list, run show, run watch, run export, run start, run force, run approve, run reject,
    rollout show, rollout pause, rollout resume, rollout skip, rollout abort, explain, verify,
    golden add, golden sample, golden list, golden retire, label export, label import,
    version list, version compare, version import, version export, version sign, version rollback, rollback drill,
    topic reread,
    finetune, evaluate, predict, gate,
    drift report, drift score, drift check,
    token create, token list, token revoke,
    audit list, audit verify,
    webhook list, webhook deliveries, webhook test, webhook retry, completion`.split(/,\s+/),
  );
});
