import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { writeLora } from '../../../../training/adapters/adapter-folder.ts';
import { loraParameters, mergeLora, trainLora, withLora } from '../../../../training/adapters/lora.ts';
import type { Tf } from '../../../../training/backend.ts';
import { canonicalName } from '../../../../training/models/checkpoint-names.ts';
import { lossAndGradients } from '../../../../training/models/parameters.ts';
import { readSafetensors } from '../../../../training/safetensors.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { loraCases, readLoraVectors } from '../lora-vectors.ts';
import type { LoraCase } from '../lora-vectors.ts';
import { trainingTask } from '../training-task.ts';
import { expectNumbers, flat, STATES, lengthOf } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';
import { withAdapter } from '../with-adapter.ts';

/** Adapters as PEFT stores them: scores, loss and gradients with them, before a step is taken, and merged. */
export const loraStart: VectorKind = {
  covers: (file) =>
    /^lora\/(expected\.json|\w+\/(legacy_names\/)?(adapter_config\.json|adapter_model\.safetensors))$/.test(
      file,
    ) || /^lora\/\w+\/(grads_step0|merged_targets)\.safetensors$/.test(file),
  cases: (model) =>
    loraCases(model).flatMap((name) => [
      { title: `LoRA ${name}: scores, loss, gradients`, run: (tf) => startAgrees(tf, model, name) },
      { title: `LoRA ${name}: merged`, run: (tf) => mergedAgrees(tf, model, name) },
      { title: `LoRA ${name}: written as PEFT does`, run: (tf) => writtenAgrees(tf, model, name) },
      ...(hasLegacyNames(model, name)
        ? [{ title: `LoRA ${name}: with older names`, run: (tf: Tf) => legacyAgrees(tf, model, name) }]
        : []),
    ]),
};

const folderOf = (model: VectorModel, name: string) => path.join(model.folder, 'lora', name);
const hasLegacyNames = (model: VectorModel, name: string) =>
  model.files.includes(`lora/${name}/legacy_names/adapter_model.safetensors`);

async function startAgrees(tf: Tf, model: VectorModel, name: string): Promise<void> {
  const vectors = readLoraVectors(model);
  const expected: LoraCase = vectors.cases[name]!;
  const task = trainingTask(model);
  await withAdapter(tf, model, folderOf(model, name), ({ config, weights, parameters }, adapter) => {
    const adapted = withLora(tf, weights, adapter);
    tf.tidy(() => {
      const logits = task.logits(tf, config, adapted).dataSync();
      expectNumbers(logits, flat(expected.logits_with_adapter), STATES, 'logits');
    });
    trainLora(adapter, parameters);
    const trained = loraParameters(adapter, parameters);
    const count = [...trained.values()].reduce((sum, { size }) => sum + size, 0);
    expect(count).toBe(expected.n_trainable);
    const { loss, gradients } = lossAndGradients(tf, trained, () => task.loss(tf, config, adapted));
    expectNumbers(loss.dataSync(), [expected.loss_initial], { rel: 1e-5 }, 'loss');

    const norms = expected.grad_norms_step0_by_param;
    expect([...gradients.keys()].sort()).toEqual(Object.keys(norms).sort());
    for (const [parameter, tensor] of model.tensors(`lora/${name}/grads_step0.safetensors`)) {
      const gradient = gradients.get(parameter)!;
      expectNumbers(gradient.dataSync(), tensor.values, { rel: 1e-4, abs: 1e-6 }, `gradient of ${parameter}`);
      const norm = lengthOf(gradient.dataSync());
      expectNumbers([norm], [norms[parameter]!], { rel: 1e-4, abs: 1e-7 }, `its norm`);
    }
    tf.dispose([loss, ...gradients.values()]);
  });
}

async function mergedAgrees(tf: Tf, model: VectorModel, name: string): Promise<void> {
  const expected = readLoraVectors(model).cases[name]!;
  const task = trainingTask(model);
  await withAdapter(tf, model, folderOf(model, name), ({ config, weights, parts, parameters }, adapter) => {
    mergeLora(tf, parts, parameters, adapter);
    tf.tidy(() => {
      const logits = task.logits(tf, config, weights).dataSync();
      expectNumbers(logits, flat(expected.logits_merged), STATES, 'logits');
    });
    const file = `lora/${name}/merged_targets.safetensors`;
    if (!model.files.includes(file)) return;
    for (const [parameter, { values }] of model.tensors(file)) {
      const merged = parameters.get(canonicalName(config.kind, parameter)!)!;
      expectNumbers(merged.dataSync(), values, { abs: 1e-6 }, parameter);
    }
  });
}

async function writtenAgrees(tf: Tf, model: VectorModel, name: string): Promise<void> {
  const from = folderOf(model, name);
  const to = tempFolder();
  await withAdapter(tf, model, from, async (network, adapter) => {
    await writeLora(to, adapter, network, { base: '..', task: null });
    const [ours, theirs] = await Promise.all(
      [to, from].map(async (folder) => {
        const tensors = readSafetensors(await readFile(path.join(folder, 'adapter_model.safetensors')));
        return Object.fromEntries(tensors.map(({ name, shape, values }) => [name, { shape, values }]));
      }),
    );
    expect(ours).toEqual(theirs);
    const config = async (folder: string) =>
      JSON.parse(await readFile(path.join(folder, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
    const { task_type: _, ...written } = await config(to);
    expect(await config(from)).toMatchObject(written);
  });
}

async function legacyAgrees(tf: Tf, model: VectorModel, name: string): Promise<void> {
  const expected = readLoraVectors(model).cases[name]!;
  const task = trainingTask(model);
  const folder = path.join(folderOf(model, name), 'legacy_names');
  await withAdapter(tf, model, folder, ({ config, weights }, adapter) => {
    tf.tidy(() => {
      const logits = task.logits(tf, config, withLora(tf, weights, adapter)).dataSync();
      expectNumbers(logits, flat(expected.logits_with_adapter), STATES, 'logits');
    });
  });
}
