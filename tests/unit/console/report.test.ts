import { expect, test } from 'vitest';
import { renderReport } from '../../../console/report/render-report.tsx';
import {
  mistakes,
  sayLearning,
  sayMistakes,
  saySlices,
  why,
} from '../../../console/report/report-sentences.ts';
import { multiLabelReportScene, reportScene, valueReportScene } from '../../fakes/report-scene.ts';

test('the page needs no other file and no script, and shows what the numbers are', async () => {
  const page = await renderReport(reportScene());
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).not.toMatch(/<script|<link|<img|\ssrc=|@import|url\(/);
  for (const title of [
    'How it learnt',
    'What is taken for what',
    'Label by label',
    'Where it is weakest',
    'What the data looked like',
    'How it was trained, and why so',
    'What to look at in the data',
    'Settings that were tried',
  ])
    expect(page).toContain(title);
  expect(page).toContain('returns answers 80 of 100 rows right that it has never seen.');
  expect(page).toContain('.800');
  // What somebody should look at is found by its line.
  for (const found of [
    '7, 19',
    'is 2000; in training',
    'price: 3, day: Monday',
    'labels of 1 of the 150 validation rows',
  ])
    expect(page).toContain(found);
});

test('names out of a file are text, never part of the page', async () => {
  const page = await renderReport(reportScene({ labels: ['<script>alert(1)</script>', 'kept'] }));
  expect(page).not.toContain('<script>alert');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test('a few labels are a matrix, many are a list of the mistakes', async () => {
  const many = Array.from({ length: 30 }, (_, i) => `label ${i}`);
  expect(await renderReport(reportScene())).toContain('class="tbl confusion"');
  const page = await renderReport(reportScene({ labels: many }));
  expect(page).not.toContain('class="tbl confusion"');
  expect(page).toContain('is answered with');
  expect(page).toContain('10 more labels');
});

test('of any number of labels it shows each label by itself, and nothing taken for another', async () => {
  const scene = multiLabelReportScene();
  const page = await renderReport(scene);
  // 75 labels are there, 65 are found, and none is given too many.
  expect(page).toContain('topics finds 87 of 100 labels, and 100 of 100 that it gives are right.');
  expect(page).toMatch(/Micro F1 on the test file.*Rows with every label right.*Hamming loss/s);
  expect(page).toContain('Label by label');
  expect(page).toMatch(/<th scope="row">urgent<\/th><td class="num">25<\/td>.*?1\.000.*?\.600/);
  expect(page).not.toContain('What is taken for what');
  expect(why(scene)).toContain('Never giving any label would reach .000.');
});

test('a version is held against always giving the most frequent answer', () => {
  const scene = reportScene();
  const { evaluation } = scene;
  const against = (accuracy: number) =>
    why({ ...scene, evaluation: { ...evaluation, baseline: { ...evaluation.baseline, accuracy } } });
  expect(against(0.5)).toContain('would be right on 50 of 100.');
  expect(against(0.8)).toContain('do not show that the version is better');
  expect(against(0.95)).toContain('not worth using');
});

test('the sentences say what is so', () => {
  const scene = reportScene();
  const { evaluation } = scene;
  expect(mistakes(evaluation, 5).map(({ truth, answer, rows }) => [truth, answer, rows])).toEqual([
    ['returned', 'kept', 15],
    ['kept', 'returned', 5],
  ]);
  expect(sayMistakes(evaluation)).toContain('15 rows, 30 % of those that are `returned`');
  expect(sayLearning(scene)).toContain('After epoch 2 the loss');
  expect(sayLearning({ ...scene, curve: scene.curve.slice(0, 2) })).toContain('still at its smallest');
  expect(sayLearning({ ...scene, curve: [] })).toContain('no rows to validate on');
  expect(saySlices(evaluation)).toContain('No part of the test file is clearly worse');
  const weak = { of: 'day', value: 'Sunday', rows: 50, figure: { estimate: 0.5, low: 0.4, high: 0.6 } };
  expect(saySlices({ ...evaluation, slices: [weak, ...evaluation.slices] })).toContain(
    '1 part of the test file is clearly worse',
  );
});

test('a regression has its own figures, and a picture instead of a matrix', async () => {
  const scene = valueReportScene();
  const page = await renderReport(scene);
  expect(page).toContain('On rows that it has never seen, rent is off by 2 in price, on average.');
  expect(page).toContain('Always answering 49.5 would be off by 25.');
  expect(page).toContain('Answer and truth');
  expect(page.match(/<circle class="f-champion dot"/g)).toHaveLength(100);
  expect(page).not.toContain('What is taken for what');
  expect(saySlices(scene.evaluation)).toContain('1 part of the test file is clearly worse');
});
