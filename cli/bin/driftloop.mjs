#!/usr/bin/env node
/**
 * `driftloop …`. Plain JavaScript: on a fresh checkout it installs the npm packages first, then loads the
 * command line in this very process.
 */
import { ensureDependencies, load } from '../../infra/local/bootstrap.mjs';

try {
  await ensureDependencies();
} catch (error) {
  process.stderr.write(`driftloop: ${error.message}\n`);
  process.exit(1);
}
const { main } = await load('cli/main');
await main();
