/** Trains two small networks on WebGPU and in plain JavaScript, and prints how far their losses are apart. */
import process from 'node:process';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { farthest, smallLosses } from '../../bench/gpu/same-losses.ts';

const only = { 'bert full': 2, 'llama qlora': 2 };
const { tf } = await loadBackend('text');
const truth = await smallLosses(tf, 'cpu', only);
const found = await smallLosses(tf, 'webgpu', only);
const apart = Object.entries(truth).map(([name, losses]) => [name, farthest(found[name]!, losses)] as const);
process.stdout.write(`${JSON.stringify(Object.fromEntries(apart))}\n`);
process.exit(0);
