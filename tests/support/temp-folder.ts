import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of its own for this test; it is gone when the test ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'driftloop-test-'));
  // A PostgreSQL that runs as another user, where we are root, has to get through.
  chmodSync(folder, 0o711);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
