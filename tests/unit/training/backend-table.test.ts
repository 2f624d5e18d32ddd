import { describe, expect, test } from 'vitest';
import { backendNames } from '../../../training/backend.ts';
import {
  backendsFor,
  backendTable,
  methodsFor,
  refuseUnfit,
  trainedTasks,
  whyNotTrained,
} from '../../../training/backend-table.ts';
import { caught } from '../../support/caught.ts';

describe('the table of backends', () => {
  test('each task has a backend that trains it by every method, on any machine with a processor', () => {
    for (const task of trainedTasks)
      for (const method of methodsFor[task])
        expect(whyNotTrained('tensorflow-cpu', { task, method }), `${task} ${method}`).toBeNull();
  });

  test('the best comes first, and what does not train a task is not asked', () => {
    expect(backendsFor('text')).toEqual(['tensorflow-gpu', 'webgpu', 'tensorflow-cpu', 'javascript']);
    expect(backendsFor('tabular')).toEqual(['tensorflow-gpu', 'tensorflow-cpu', 'javascript']);
    expect(Object.keys(backendTable)).toEqual([...backendNames]);
  });

  test('what a backend does not train is refused with its name, the method and what does', () => {
    const error = caught(() => refuseUnfit('javascript', { task: 'text', method: 'qlora' }));
    expect(error).toMatchObject({ code: 'DL_BACKEND_UNFIT' });
    expect(error.message).toContain('javascript does not train "qlora" on text');
    expect(error.fix).toContain('tensorflow-gpu, webgpu, tensorflow-cpu');
    refuseUnfit('webgpu', { task: 'text', method: 'qlora' });
  });
});
