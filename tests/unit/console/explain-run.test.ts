import { expect, test } from 'vitest';
import { buildDossier } from '../../../console/dossier/dossier.ts';
import { explainRun } from '../../../console/explain-run.ts';
import { consoleScene } from '../../fakes/console-scene.ts';

const clock = { now: Date.parse('2026-11-24T08:20:00.000Z'), zone: 'UTC' };

test('a run is explained from why it began to where it is, with its numbers, in the order of the page', () => {
  const { rows, approval } = consoleScene();
  const run = rows.runs.find(({ id }) => id === '0193a1c2-41')!;
  const story = rows.stories.get(run.id)!;
  const evaluation = rows.evaluations.get(run.id)!.at(-1)!;
  const { config } = rows.models[0]!;
  const dossier = buildDossier({
    run,
    story,
    evaluation,
    champion: 'v12',
    config,
    approval,
    inputs: rows.inputs,
  });
  const said = explainRun({ run, story, dossier }, clock);

  expect(said.map(({ about }) => about)).toEqual([
    'Why it began',
    'What lay behind it',
    'What was done',
    'What the gate said',
    'How we know',
    'What is thin',
    'What could go wrong',
    'Now',
  ]);
  expect(said.find(({ about }) => about === 'What was done')?.says).toMatch(/learnt from [\d,]+ cases/);
  const ended = {
    ...run,
    outcome: { kind: 'rejected', version: 'v13', sentence: 'ben rejects v13: holidays' },
  } as const;
  const rollout = { key: 'r', phase: 'rollout', sentence: '5 % went well', at: run.startedAt } as const;
  const after = explainRun({ run: ended, story: [...story, rollout], dossier }, clock);
  expect(after.slice(-2)).toEqual([
    { about: 'How it was rolled out', says: '5 % went well.' },
    { about: 'How it ended', says: 'ben rejects v13: holidays.' },
  ]);
});
