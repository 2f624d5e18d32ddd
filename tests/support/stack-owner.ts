/** Starts a stack in the folder that it is given, says where, and lives until it is killed. */
import { startStack } from '../../infra/local/stack.ts';

const stack = await startStack({ stateDir: process.argv[2]! });
console.log(JSON.stringify(stack.addresses));
setInterval(() => {}, 60_000);
