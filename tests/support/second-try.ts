import process from 'node:process';
import type { Reporter, TestCase } from 'vitest/node';

/**
 * Names at the end of a run what passed only when it was tried again, and what went wrong the first time: a test on
 * real services may lose against a busy machine once, and whoever reads the result shall know.
 */
export default class SecondTry implements Reporter {
  readonly #told: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    const [first] = test.result().errors ?? [];
    this.#told.push(
      `${test.module.relativeModuleId} > ${test.fullName}: ${first?.message ?? 'no reason given'}`,
    );
  }

  onTestRunEnd(): void {
    for (const told of this.#told) process.stdout.write(`passed at the second try: ${told}\n`);
  }
}
