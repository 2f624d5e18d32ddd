/** Brings TensorFlow's library for the processor into the cache, for an image that is built once and started often. */
import { provision } from '../local/provision.ts';
import { realTools } from '../local/tools.ts';
import { linkNative } from './native.ts';
import { tensorflow } from './part.ts';

const found = await provision(tensorflow, realTools());
if (found === null) throw new Error('TensorFlow could not be installed.');
linkNative();
process.stdout.write('TensorFlow is installed.\n');
