import { afterEach, describe, expect, test } from 'vitest';
import type { InputRow } from '../../domain/input.ts';
import type { Predictor } from '../../domain/ports.ts';
import type { Output } from '../../domain/task.ts';
import { labelOfAnswer } from './label-of.ts';

/** What a predictor is tried with: two artifact folders of one model, a folder that is no artifact, rows to answer. */
export type PredictorCase = {
  predictor: Predictor;
  artifacts: readonly [string, string];
  noArtifact: string;
  rows: readonly InputRow[];
  labels: readonly string[];
  close: () => Promise<void>;
};

/** The promises of the `Predictor` port; the fake of the tests and the real child process keep the same ones. */
export function keepsThePredictorContract(name: string, open: () => Promise<PredictorCase>): void {
  describe(`${name} keeps the contract of a predictor`, () => {
    const opened: PredictorCase[] = [];
    const start = async () => {
      const given = await open();
      opened.push(given);
      return given;
    };
    afterEach(async () => {
      for (const { predictor, close } of opened.splice(0)) {
        await predictor.close();
        await close();
      }
    });

    test('a loaded version gives one output a row: a declared label, shares of belief that sum to 1', async () => {
      const { predictor, artifacts, rows, labels } = await start();
      await predictor.load('a', artifacts[0]);
      expect(predictor.backend).not.toBe('');
      expect(predictor.loaded()).toEqual(['a']);
      const outputs = (await predictor.predict('a', rows)) as Output[];
      expect(outputs).toHaveLength(rows.length);
      for (const { label, scores } of outputs) {
        expect(labels).toContain(label);
        expect(Object.values(scores).reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 5);
        expect(scores[label]).toBe(Math.max(...Object.values(scores)));
      }
    });

    test('the same rows get the same answers, alone, together, and in another order', async () => {
      const { predictor, artifacts, rows } = await start();
      await predictor.load('a', artifacts[0]);
      const together = await predictor.predict('a', rows);
      const reversed = (await predictor.predict('a', rows.toReversed())).toReversed();
      const [alone] = await predictor.predict('a', rows.slice(0, 1));
      expect(reversed.map(labelOfAnswer)).toEqual(together.map(labelOfAnswer));
      expect(labelOfAnswer(alone)).toBe(labelOfAnswer(together[0]));
    });

    test('loading a key again is nothing, and two versions answer side by side', async () => {
      const { predictor, artifacts, rows } = await start();
      await Promise.all([predictor.load('a', artifacts[0]), predictor.load('a', artifacts[0])]);
      await predictor.load('b', artifacts[1]);
      expect([...predictor.loaded()].sort()).toEqual(['a', 'b']);
      const [a, b] = await Promise.all([predictor.predict('a', rows), predictor.predict('b', rows)]);
      expect([a.length, b.length]).toEqual([rows.length, rows.length]);
    });

    test('a version is among the loaded only when it answers, not from when loading begins', async () => {
      const { predictor, artifacts } = await start();
      const loading = { isOver: false };
      const loaded = predictor.load('a', artifacts[0]).finally(() => (loading.isOver = true));
      for (let looks = 0; !loading.isOver; looks += 1) {
        expect(predictor.loaded(), `look ${looks}`).toEqual([]);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await loaded;
      expect(predictor.loaded()).toEqual(['a']);
    });

    test('a version that is not loaded is an error with a code, before and after it was there', async () => {
      const { predictor, artifacts, rows } = await start();
      await expect(predictor.predict('a', rows)).rejects.toMatchObject({ code: 'DL_VERSION_NOT_LOADED' });
      await predictor.load('a', artifacts[0]);
      await predictor.unload('a');
      await predictor.unload('a');
      expect(predictor.loaded()).toEqual([]);
      await expect(predictor.predict('a', rows)).rejects.toMatchObject({ code: 'DL_VERSION_NOT_LOADED' });
    });

    test('a folder that is no artifact is refused and disturbs nobody', async () => {
      const { predictor, artifacts, noArtifact, rows } = await start();
      await predictor.load('a', artifacts[0]);
      await expect(predictor.load('b', noArtifact)).rejects.toMatchObject({ code: 'DL_ARTIFACT_CORRUPT' });
      expect(predictor.loaded()).toEqual(['a']);
      await expect(predictor.predict('a', rows)).resolves.toHaveLength(rows.length);
    });

    test('no rows are no outputs', async () => {
      const { predictor, artifacts } = await start();
      await predictor.load('a', artifacts[0]);
      await expect(predictor.predict('a', [])).resolves.toEqual([]);
    });
  });
}
