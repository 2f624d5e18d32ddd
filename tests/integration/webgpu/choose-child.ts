/** Loads the backend that the environment names, and prints which it is, or why there is none. */
import process from 'node:process';
import { ourError } from '../../../domain/errors.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';

const said = await loadBackend('text').then(
  ({ name }) => ({ name }),
  (error: unknown) => {
    const { code, message, fix } = ourError(error)!;
    return { code, message, fix };
  },
);
process.stdout.write(`${JSON.stringify(said)}\n`);
process.exit(0);
